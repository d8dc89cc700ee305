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

  /// How a frame came in.
  enum Entry {
    case atOnce
    /// A queue that waits made its source wait.
    case afterWaiting
    /// There is no room.
    case refused
  }

  /// Takes a place in flight, waiting for one where the policy is to wait; a frame that finds none is counted
  /// as dropped, and its way told as over.
  func place(camera: Int, dueAt: UInt64, isMeasured: Bool = true) async throws -> Entry {
    let entry = try await enter()
    if entry == .refused {
      book.refused(camera: camera, stage: .read, reason: .inFlight)
      journeys?.refused(feed: camera, isMeasured: isMeasured, dueAt: dueAt)
    }
    return entry
  }

  private func enter() async throws -> Entry {
    if window.tryEnter() { return .atOnce }
    guard decode.limits.policy == .block else { return .refused }
    try await window.enter()
    return .afterWaiting
  }

  /// Tells the tracker that a camera delivered nothing at the ticket's time, so that what it had in view is
  /// lost in time. Where there is no place in flight for that, nobody is harmed.
  func absent(_ ticket: FrameTicket) async throws -> Entry {
    let entry = try await enter()
    if entry != .refused {
      try await track.push(ProcessedFrame(ticket: ticket, outcome: .absent))
    }
    return entry
  }

  /// Puts a frame that has its place into the first queue.
  func admit(_ ticket: FrameTicket) async throws -> Entry {
    try book.entered(camera: ticket.camera)
    journeys?.began()
    if decode.limits.policy == .block, decode.tryPush(ticket) { return .atOnce }
    for dropped in try await decode.push(ticket) {
      try await track.push(ProcessedFrame(ticket: dropped, outcome: .dropped(.queueFull)))
    }
    return decode.limits.policy == .block ? .afterWaiting : .atOnce
  }
}
