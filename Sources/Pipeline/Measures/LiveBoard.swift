// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings
internal import Synchronization

/// A sighting that was opened, as a line of a live view.
package struct LiveSighting: Hashable, Sendable {
  package var camera: String
  /// When it was opened: capture time, in microseconds since 1970.
  package var timeMicroseconds: Int64
  package var subject: String
  package var score: Double

  package init(camera: String, timeMicroseconds: Int64, subject: String, score: Double) {
    self.camera = camera
    self.timeMicroseconds = timeMicroseconds
    self.subject = subject
    self.score = score
  }
}

/// Counts of the serial stages, for whoever looks while they work: one short lock a frame.
final class LiveBoard: Sendable {
  struct Reading: Sendable {
    var faces = FaceAccount()
    var searches = 0
    /// Candidates at or over the decision threshold, of all searches.
    var overThreshold = 0
    var opened = 0
    var updated = 0
    var closed = 0
    /// Events that frames caused.
    var caused = 0
    var latencies: CameraLatencies
    /// The last ones opened, the newest last.
    var recent: [LiveSighting] = []
  }

  private static let kept = 8
  private let state: Mutex<Reading>

  /// `cameras`: those whose latencies are kept apart; 0 for none.
  init(cameras: Int) { state = Mutex(Reading(latencies: CameraLatencies(cameras: cameras))) }

  func searched(_ probes: Int) { state.withLock { $0.searches += probes } }

  /// A frame has been tracked.
  func tracked(
    camera: Int, faces: FaceAccount, overThreshold: Int, events: [SightingEvent], took: UInt64?
  ) {
    state.withLock { state in
      state.faces = faces
      state.overThreshold += overThreshold
      state.caused += events.count
      if let took { state.latencies.record(took, camera: camera) }
      Self.add(events, to: &state)
    }
  }

  /// Events that no frame caused.
  func closed(_ events: [SightingEvent]) { state.withLock { Self.add(events, to: &$0) } }

  func read() -> Reading { state.withLock { $0 } }

  private static func add(_ events: [SightingEvent], to state: inout Reading) {
    for event in events {
      switch event.data.phase {
      case .opened:
        state.opened += 1
        let best = event.data.candidates.first
        state.recent.append(
          LiveSighting(
            camera: event.data.camera.id, timeMicroseconds: event.time.microseconds,
            subject: best?.subjectID ?? "", score: best?.score ?? 0))
        if state.recent.count > kept { state.recent.removeFirst() }
      case .updated: state.updated += 1
      case .closed: state.closed += 1
      }
    }
  }
}
