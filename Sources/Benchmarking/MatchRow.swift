// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How fast a matcher was, at one batch size and number of threads.
///
/// Not encodable and without text of its own: it is told by a `MatchRow`, which has the agreement too.
package struct MatchSpeed: Hashable, Sendable {
  /// Rounds that were measured, and searches in all of them.
  package var rounds: Int
  package var searches: Int
  /// Median over the rounds.
  package var probesPerSecond: Double
  /// Of single searches, in milliseconds.
  package var p50MS: Double
  package var p90MS: Double
  package var p99MS: Double
  package var p999MS: Double
  /// The latency that the searches prove p99 for, by the early-stopping rule; `nil` with too few.
  package var provenP99MS: Double?
  /// Medians over the rounds: wall and CPU time, by template and probe.
  package var nsPerTemplateProbe: Double
  package var cpuNSPerTemplateProbe: Double
  /// Bytes read by the scan and products made, by the median of wall time.
  package var gigabytesPerSecond: Double
  package var gigaflops: Double?

  package init(
    rounds: Int, searches: Int, probesPerSecond: Double, p50MS: Double, p90MS: Double,
    p99MS: Double, p999MS: Double, provenP99MS: Double?, nsPerTemplateProbe: Double,
    cpuNSPerTemplateProbe: Double, gigabytesPerSecond: Double, gigaflops: Double?
  ) {
    self.rounds = rounds
    self.searches = searches
    self.probesPerSecond = probesPerSecond
    self.p50MS = p50MS
    self.p90MS = p90MS
    self.p99MS = p99MS
    self.p999MS = p999MS
    self.provenP99MS = provenP99MS
    self.nsPerTemplateProbe = nsPerTemplateProbe
    self.cpuNSPerTemplateProbe = cpuNSPerTemplateProbe
    self.gigabytesPerSecond = gigabytesPerSecond
    self.gigaflops = gigaflops
  }
}

/// What the machine gave in the same rounds, with as many threads.
package struct MatchLimits: Codable, Hashable, Sendable {
  /// Reading as many bytes from memory on 2 MiB pages.
  package var streamGigabytesPerSecond: Double
  /// The same by CPU time of all threads together.
  package var streamGigabytesPerCPUSecond: Double
  /// OpenBLAS's sgemm alone on the same shape; `nil` for matchers that make no such product.
  package var sgemmGigaflops: Double?
  /// The same by CPU time of all threads together.
  package var sgemmGigaflopsPerCPUSecond: Double?
  /// Rows of the pieces that served sgemm best.
  package var sgemmPiece: Int?

  package init(
    streamGigabytesPerSecond: Double, streamGigabytesPerCPUSecond: Double,
    sgemmGigaflops: Double? = nil, sgemmGigaflopsPerCPUSecond: Double? = nil,
    sgemmPiece: Int? = nil
  ) {
    self.streamGigabytesPerSecond = streamGigabytesPerSecond
    self.streamGigabytesPerCPUSecond = streamGigabytesPerCPUSecond
    self.sgemmGigaflops = sgemmGigaflops
    self.sgemmGigaflopsPerCPUSecond = sgemmGigaflopsPerCPUSecond
    self.sgemmPiece = sgemmPiece
  }
}

/// A row of the table: no speed without its agreement beside it.
package struct MatchRow: Encodable, Hashable, Sendable {
  /// What keeps a search of this shape from being faster.
  package enum Bound: String, Codable, Hashable, Sendable { case stream, sgemm }

  package let matcher: MatcherKind
  package let threads: Int
  package let batch: Int
  package let bytesPerTemplate: Int
  package let agreement: SearchAgreement
  package let speed: MatchSpeed
  package let limits: MatchLimits
  package let bound: Bound
  /// Searches, timed or for warming up, whose lists were not those that the agreement was judged on; 0 unless a matcher is
  /// wrong.
  package let differing: Int

  package init(
    matcher: MatcherKind, threads: Int, batch: Int, bytesPerTemplate: Int, speed: MatchSpeed,
    agreement: SearchAgreement, limits: MatchLimits, bound: Bound, differing: Int
  ) {
    self.matcher = matcher
    self.threads = threads
    self.batch = batch
    self.bytesPerTemplate = bytesPerTemplate
    self.speed = speed
    self.agreement = agreement
    self.limits = limits
    self.bound = bound
    self.differing = differing
  }

  /// Share of reading the same bytes.
  package var ofStream: Double { speed.gigabytesPerSecond / limits.streamGigabytesPerSecond }
  /// Share of sgemm alone.
  package var ofSgemm: Double? {
    guard let own = speed.gigaflops, let limit = limits.sgemmGigaflops else { return nil }
    return own / limit
  }

  /// Share of what bounds it, by wall time, and by CPU time, which other work on the machine spoils less.
  package var ofLimit: (wall: Double, cpu: Double) {
    let stretch = speed.nsPerTemplateProbe / speed.cpuNSPerTemplateProbe
    switch bound {
    case .stream:
      return (
        ofStream,
        speed.gigabytesPerSecond * stretch / limits.streamGigabytesPerCPUSecond
      )
    case .sgemm:
      return (
        ofSgemm ?? 0,
        (speed.gigaflops ?? 0) * stretch / (limits.sgemmGigaflopsPerCPUSecond ?? .infinity)
      )
    }
  }

  /// Why the row is worth nothing; `nil` if it is sound.
  package var invalid: String? {
    if differing > 0 {
      return "\(differing) searches gave other lists than those that were judged"
    }
    if matcher.mustAgree, !agreement.isPerfect { return "an exact matcher missed candidates" }
    return nil
  }

  private enum CodingKeys: String, CodingKey {
    case matcher, threads, batch, bytesPerTemplate, agreement, limits, bound, differing, invalid
    case rounds, searches, probesPerSecond, p50MS, p90MS, p99MS, p999MS, provenP99MS
    case nsPerTemplateProbe, cpuNSPerTemplateProbe, gigabytesPerSecond, gigaflops
    case ofStream, ofSgemm, ofLimit, ofLimitByCPU
  }

  /// A row that is invalid has no speed.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(matcher, forKey: .matcher)
    try container.encode(threads, forKey: .threads)
    try container.encode(batch, forKey: .batch)
    try container.encode(bytesPerTemplate, forKey: .bytesPerTemplate)
    try container.encode(agreement, forKey: .agreement)
    try container.encode(limits, forKey: .limits)
    try container.encode(differing, forKey: .differing)
    try container.encodeIfPresent(invalid, forKey: .invalid)
    guard invalid == nil else { return }
    try container.encode(bound, forKey: .bound)
    try container.encode(speed.rounds, forKey: .rounds)
    try container.encode(speed.searches, forKey: .searches)
    try container.encode(speed.probesPerSecond, forKey: .probesPerSecond)
    try container.encode(speed.p50MS, forKey: .p50MS)
    try container.encode(speed.p90MS, forKey: .p90MS)
    try container.encode(speed.p99MS, forKey: .p99MS)
    try container.encode(speed.p999MS, forKey: .p999MS)
    try container.encodeIfPresent(speed.provenP99MS, forKey: .provenP99MS)
    try container.encode(speed.nsPerTemplateProbe, forKey: .nsPerTemplateProbe)
    try container.encode(speed.cpuNSPerTemplateProbe, forKey: .cpuNSPerTemplateProbe)
    try container.encode(speed.gigabytesPerSecond, forKey: .gigabytesPerSecond)
    try container.encodeIfPresent(speed.gigaflops, forKey: .gigaflops)
    try container.encode(ofStream, forKey: .ofStream)
    try container.encodeIfPresent(ofSgemm, forKey: .ofSgemm)
    try container.encode(ofLimit.wall, forKey: .ofLimit)
    try container.encode(ofLimit.cpu, forKey: .ofLimitByCPU)
  }
}
