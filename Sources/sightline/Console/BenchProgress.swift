// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking

/// Shows a bench's progress on standard error.
final class BenchProgress: Sendable {
  private let gallery = Progress("gallery", unit: "templates")
  private let judging = Progress("agreement", unit: "probes")
  private let rounds = Progress("bench", unit: "rounds")

  @Sendable func observe(_ event: MatchProgress) {
    switch event {
    case .gallery(let done, let total):
      gallery.update(done, of: total)
      if done == total { gallery.finish() }
    case .judging(let done, let total):
      judging.update(done, of: total)
      if done == total { judging.finish() }
    case .rounds(let done, let total): rounds.update(done, of: total)
    case .note(let text): Console.note(text)
    }
  }

  func finish() {
    gallery.finish()
    judging.finish()
    rounds.finish()
  }
}
