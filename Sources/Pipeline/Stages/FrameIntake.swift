// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames

/// The door by which frames come in: gives each its place in flight and in the order, or turns it away.
///
/// A frame that a full queue gives up goes to the tracker at once, which restores the order: the tracker's
/// queue has room for every frame in flight, so that no source waits to tell what was lost.
struct FrameIntake: Sendable {
  let decode: BoundedQueue<FrameTicket>
  let track: BoundedQueue<ProcessedFrame>
  /// One place for each frame between source and tracker, so that a worker that stalls on one frame
  /// cannot make those behind it pile up where order is restored.
  let window: FlightWindow
  let book: FrameBook
  let journeys: Journeys?

  /// Takes a place in flight, waiting for one where the policy is to wait; else false where there is none,
  /// and the frame is counted as dropped.
  func place(camera: Int) async throws -> Bool {
    if decode.limits.policy == .block {
      try await window.enter()
      return true
    }
    if window.tryEnter() { return true }
    book.refused(camera: camera, stage: .read, reason: .inFlight)
    return false
  }

  /// Tells the tracker that a camera delivered nothing at the ticket's time, so that what it had in view is
  /// lost in time. False where there is no place in flight for that, which harms nobody.
  func absent(_ ticket: FrameTicket) async throws -> Bool {
    if decode.limits.policy == .block {
      try await window.enter()
    } else if !window.tryEnter() {
      return false
    }
    try await track.push(ProcessedFrame(ticket: ticket, outcome: .absent))
    return true
  }

  /// Puts a frame that has its place into the first queue.
  func admit(_ ticket: FrameTicket) async throws {
    try book.entered(camera: ticket.camera)
    journeys?.began()
    for dropped in try await decode.push(ticket) {
      try await track.push(ProcessedFrame(ticket: dropped, outcome: .dropped(.queueFull)))
    }
  }
}
