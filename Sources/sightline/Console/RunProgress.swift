// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Pipeline

/// Shows a run's progress on standard error.
final class RunProgress: Sendable {
  private let gallery = Progress("gallery", unit: "templates")
  private let frames = Progress("run", unit: "frames")

  @Sendable func observe(_ event: RunObservation) {
    switch event {
    case .gallery(let done, let total):
      gallery.update(done, of: total)
      if done == total { gallery.finish() }
    case .resuming(let runID, let frames):
      Console.note(
        "resuming interrupted run \(runID) after \(frames) frames; --fresh starts over instead")
    case .frames(let done, let total): frames.update(done, of: total)
    }
  }

  func finish() {
    gallery.finish()
    frames.finish()
  }
}
