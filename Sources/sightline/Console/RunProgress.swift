// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Logs
internal import Pipeline
internal import Synchronization

/// Shows a run's progress on standard error, and logs what is worth a line.
final class RunProgress: Sendable {
  private let gallery = Progress("gallery", unit: "templates")
  private let frames = Progress("run", unit: "frames")
  private let observatory: Observatory
  private let resumedAfter = Atomic(0)

  init(_ observatory: Observatory) { self.observatory = observatory }

  @Sendable func observe(_ event: RunObservation) {
    switch event {
    case .gallery(let done, let total):
      observatory.status(done < total ? "gallery \(done) of \(total)" : nil)
      guard observatory.tellsProgress else { return }
      gallery.update(done, of: total)
      if done == total { gallery.finish() }
    case .resuming(let runID, let frames):
      resumedAfter.store(frames, ordering: .relaxed)
      observatory.say(
        .notice, "run-resumed",
        "resuming interrupted run \(runID) after \(frames) frames; --fresh starts over instead",
        [("run", runID), ("frames", "\(frames)")])
    case .began(let runID, let digest, let size, let planned):
      observatory.status(nil)
      // Not since the gallery was begun: that is no frame's time.
      frames.begin(after: resumedAfter.load(ordering: .relaxed), seconds: planned)
      observatory.tell(
        .info, "run-began", "frames begin to flow",
        [("run", runID), ("config_digest", digest), ("gallery_size", "\(size)")])
    case .frames(let done, let total):
      if observatory.tellsProgress { frames.update(done, of: total) }
    }
  }

  /// What is told of forwarding: the words of `bus forward`, and what metrics say of it.
  @Sendable func observe(_ event: ForwardObservation) {
    switch event {
    case .connected(let server):
      observatory.outbox { $0.awaySince = nil }
      observatory.say(.notice, "bus-connected", "forwarding to \(server)", [("server", server)])
    case .trouble(let error):
      observatory.outbox { $0.awaySince = $0.awaySince ?? Monotonic.now() }
      observatory.say(
        .warning, "bus-away", "sightline: \(error); events wait in the outbox",
        [("reason", "\(error)")])
    case .recovered:
      observatory.outbox { $0.awaySince = nil }
      observatory.say(.notice, "bus-back", "forwarding again")
    case .progress(let forwarded): observatory.outbox { $0.forwarded = forwarded }
    case .parked(let id, let error):
      observatory.say(
        .warning, "event-parked",
        "sightline: event \(id) is parked in the outbox, and others go on: \(error)",
        [("event", id), ("reason", "\(error)")])
    }
  }

  /// The summary as log lines.
  func ended(_ summary: RunSummary) {
    observatory.tell(
      .info, "run-ended", "the run has \(summary.state)",
      [
        ("run", summary.runID), ("state", summary.state), ("config_digest", summary.configDigest),
        ("frames", "\(summary.frames.in)"), ("dropped", "\(summary.frames.dropped)"),
        ("failed", "\(summary.frames.failed)"), ("events", "\(summary.bus.appended)"),
        ("seconds", "\(summary.seconds)"),
      ])
  }

  func finish() {
    gallery.finish()
    frames.finish()
    observatory.finish()
  }
}
