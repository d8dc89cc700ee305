// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Galleries
package import Matching

/// What a bench found; partial where it was interrupted.
package struct MatchResult: Sendable {
  package var plan: MatchPlan
  /// Of the reference: float32.
  package var gallery: GalleryDescription
  package var exactMemory: String
  package var reference: MatcherInformation
  /// The variant of the kernels of exact search that this CPU runs, such as `avx512`.
  package var kernel = unsafe String(cString: sl_best_rows_variant())
  /// Where the probes are from, in words.
  package var probes: String
  /// The cosine from which a candidate counts as an alarm.
  package var threshold: Double
  /// Bytes of the buffer that limits were measured on, and how many were on 2 MiB pages.
  package var limitBytes: Int
  package var limitHugeBytes: Int?
  package var rows: [MatchRow] = []
  package var servers: [ServerRow] = []
  package var interrupted = false
  package var loadBefore: Double
  package var loadAfter: Double
  package var seconds: Double
  package var peakBytes: Int

  package init(
    plan: MatchPlan, gallery: GalleryDescription, exactMemory: String,
    reference: MatcherInformation, probes: String, threshold: Double, limitBytes: Int,
    load: Double
  ) {
    self.plan = plan
    self.gallery = gallery
    self.exactMemory = exactMemory
    self.reference = reference
    self.probes = probes
    self.threshold = threshold
    self.limitBytes = limitBytes
    loadBefore = load
    loadAfter = load
    seconds = 0
    peakBytes = 0
  }

  /// Whether every row is sound and every bound was met.
  package var isValid: Bool {
    rows.allSatisfy { $0.invalid == nil } && servers.allSatisfy { $0.invalid == nil }
  }
}

/// Where a bench is, for who waits.
package enum MatchProgress: Sendable {
  /// Templates or codes made ready.
  case gallery(done: Int, total: Int)
  /// Probes searched for the agreement, the reference first.
  case judging(done: Int, total: Int)
  /// Rounds of all shapes.
  case rounds(done: Int, total: Int)
  /// The rate tried next, and about how long its matcher will take yet.
  case rate(MatcherKind, threads: Int, perSecond: Double, secondsLeft: Double)
}
