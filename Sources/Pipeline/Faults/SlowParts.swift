// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Galleries
internal import Matching
internal import Synchronization

/// Makes every so many calls of a part of the pipeline wait.
final class CallDelay: Sendable {
  private let rules: [FaultRule]
  private let kind: FaultKind
  private let stop: StopSignal?
  private let state = Mutex((calls: 0, waits: 0))

  /// `nil` where no rule is of this kind. Nothing waits any longer when `stop` is raised.
  init?(_ kind: FaultKind, _ rules: [FaultRule], stop: StopSignal? = nil) {
    self.stop = stop
    self.rules = rules.filter { $0.kind == kind }
    self.kind = kind
    if self.rules.isEmpty { return nil }
  }

  /// Counts a call, and waits where a rule says so.
  ///
  /// - Throws: `CancellationError`.
  func call() async throws {
    let seconds = state.withLock { state in
      state.calls += 1
      let seconds = rules.reduce(0) { sum, rule in
        state.calls % Int(rule.period) == 0 ? sum + rule.seconds : sum
      }
      if seconds > 0 { state.waits += 1 }
      return seconds
    }
    let end = ContinuousClock.now + .seconds(seconds)
    // In short naps, so that a stop is noticed.
    while ContinuousClock.now < end, stop?.isRaised != true {
      try await Task.sleep(for: min(end - .now, .milliseconds(50)))
    }
  }

  /// What it did; `nil` if nothing.
  var tally: FaultTally? {
    let waits = state.withLock { $0.waits }
    return waits == 0 ? nil : FaultTally(camera: nil, kind: kind, times: waits, frames: 0)
  }
}

/// A matcher that is slow at times.
struct SlowMatcher: Matcher {
  let matcher: any Matcher
  let delay: CallDelay

  var gallery: GalleryDescription { matcher.gallery }
  var information: MatcherInformation { matcher.information }

  func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    try await delay.call()
    return try await matcher.search(probes, k: k, deadline: deadline)
  }
}

/// A log on a disk that is slow at times.
struct SlowLog: DurableLog {
  let log: any DurableLog
  let delay: CallDelay

  func commit(_ batch: CommitBatch) async throws(BusError) -> CommitReceipt {
    // A commit is not cancelled with who waits for it: what was accepted is made durable.
    try? await delay.call()
    return try await log.commit(batch)
  }

  func close() throws(BusError) { try log.close() }
}
