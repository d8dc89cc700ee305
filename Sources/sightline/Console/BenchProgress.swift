// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Pipeline
internal import Reports

/// Shows a bench's progress on standard error.
final class BenchProgress: Sendable {
  private let start = Monotonic.now()
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
    case .rate(let matcher, let threads, let rate, let left):
      // A bench that is over at once says nothing.
      guard Monotonic.now() - start > 2_000_000_000 else { return }
      Console.note(
        "bench: \(matcher.rawValue), threads \(threads): \(Text.fixed(rate, rate < 10 ? 1 : 0)) "
          + "queries/s; about \(Int(left.rounded(.up))) s left")
    }
  }

  func finish() {
    gallery.finish()
    judging.finish()
    rounds.finish()
  }
}
