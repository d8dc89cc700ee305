// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Why a frame was given up.
package enum DropReason: String, Codable, Hashable, Sendable {
  /// The queue had no room for it, or it made room for a newer one.
  case queueFull = "queue-full"
  /// It had waited longer than it is worth.
  case tooOld = "too-old"
  /// Too many frames were on their way already, or they kept too many bytes.
  case inFlight = "in-flight"
}

/// Frames of one camera given up before one stage for one reason.
package struct FrameDrop: Hashable, Sendable {
  package let camera: Int
  package let stage: Stage
  package let reason: DropReason

  package init(camera: Int, stage: Stage, reason: DropReason) {
    self.camera = camera
    self.stage = stage
    self.reason = reason
  }
}

/// The accounts of all cameras, kept while frames pass: who came in, and by which door each left.
///
/// Every entry is checked against the frames that may be in flight, so that a frame lost or counted twice
/// is noticed when it happens, not at the end.
package final class FrameBook: Sendable {
  /// By camera, in the order in which they were numbered, and by what was dropped.
  package struct Reading: Sendable {
    package fileprivate(set) var cameras: [FrameAccount]
    package fileprivate(set) var drops: [FrameDrop: Int] = [:]
    /// The most frames that were on their way at once.
    package fileprivate(set) var mostInFlight = 0

    package var total: FrameAccount {
      cameras.reduce(into: FrameAccount()) { $0.add($1) }
    }
  }

  private struct State {
    var reading: Reading
    var inFlight = 0
  }

  /// How a frame left.
  package enum Door: Sendable {
    case decoded(isDamaged: Bool)
    case failed
    case dropped(Stage, DropReason)
  }

  private let limit: Int
  private let state: Mutex<State>

  /// `limit` is the most frames that may be in flight.
  package init(cameras: Int, limit: Int) {
    self.limit = limit
    state = Mutex(
      State(reading: Reading(cameras: [FrameAccount](repeating: FrameAccount(), count: cameras))))
  }

  package var reading: Reading { state.withLock { $0.reading } }

  package func missed(_ frames: Int, camera: Int) {
    guard frames > 0 else { return }
    state.withLock { $0.reading.cameras[camera].missing += frames }
  }

  package func entered(camera: Int) throws(PipelineError) {
    let inFlight = state.withLock { state in
      state.reading.cameras[camera].entered += 1
      state.inFlight += 1
      state.reading.mostInFlight = max(state.reading.mostInFlight, state.inFlight)
      return state.inFlight
    }
    try check(inFlight)
  }

  package func left(_ door: Door, camera: Int) throws(PipelineError) {
    let inFlight = state.withLock { state in
      switch door {
      case .decoded(let isDamaged):
        state.reading.cameras[camera].decoded += 1
        if isDamaged { state.reading.cameras[camera].damaged += 1 }
      case .failed: state.reading.cameras[camera].failed += 1
      case .dropped(let stage, let reason): Self.drop(camera, stage, reason, &state.reading)
      }
      state.inFlight -= 1
      return state.inFlight
    }
    try check(inFlight)
  }

  /// A frame that was turned away at the door.
  package func refused(camera: Int, stage: Stage, reason: DropReason) {
    state.withLock { state in
      state.reading.cameras[camera].entered += 1
      Self.drop(camera, stage, reason, &state.reading)
    }
  }

  private static func drop(
    _ camera: Int, _ stage: Stage, _ reason: DropReason, _ reading: inout Reading
  ) {
    reading.cameras[camera].dropped += 1
    reading.drops[FrameDrop(camera: camera, stage: stage, reason: reason), default: 0] += 1
  }

  private func check(_ inFlight: Int) throws(PipelineError) {
    guard (0...limit).contains(inFlight) else {
      throw PipelineError(
        .internalFault,
        "frames are not conserved: \(inFlight) are on their way, where 0 to \(limit) may be; please "
          + "report this")
    }
  }
}
