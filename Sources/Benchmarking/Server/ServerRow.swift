// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// One run at one rate of arrivals.
package struct ServerRun: Codable, Hashable, Sendable {
  /// Queries a second that were asked of the process of arrivals.
  package var rate: Double
  /// Queries that it scheduled, by the time over which it did: what a result tells.
  package var scheduledPerSecond: Double
  package var queries: Int
  /// Those answered later than the bound after they were due.
  package var late: Int
  /// The queries that so many late ones ask for.
  package var required: Int
  /// From the time a query was due to its answer.
  package var p50MS: Double
  package var p90MS: Double
  package var p99MS: Double
  package var p999MS: Double
  /// From the time its search began: what a test sees that waits for answers before it asks again.
  package var uncorrectedP99MS: Double
  /// Probes of a search, on average.
  package var meanBatch: Double
  /// How late an idle loop woke to a query that was due.
  package var generatorLagP99MS: Double
  /// Searches whose lists were not those judged.
  package var differing: Int
  /// Why it does not count; `nil` if the rate was held.
  package var failure: String?

  package init(
    rate: Double, scheduledPerSecond: Double, queries: Int, late: Int, required: Int,
    p50MS: Double, p90MS: Double, p99MS: Double, p999MS: Double, uncorrectedP99MS: Double,
    meanBatch: Double, generatorLagP99MS: Double, differing: Int, failure: String?
  ) {
    self.rate = rate
    self.scheduledPerSecond = scheduledPerSecond
    self.queries = queries
    self.late = late
    self.required = required
    self.p50MS = p50MS
    self.p90MS = p90MS
    self.p99MS = p99MS
    self.p999MS = p999MS
    self.uncorrectedP99MS = uncorrectedP99MS
    self.meanBatch = meanBatch
    self.generatorLagP99MS = generatorLagP99MS
    self.differing = differing
    self.failure = failure
  }
}

/// The largest rate that a matcher holds.
package struct ServerRow: Encodable, Hashable, Sendable {
  package let matcher: MatcherKind
  package let threads: Int
  /// The most probes that share a search.
  package let batchLimit: Int
  package let boundMS: Double
  package let agreement: SearchAgreement
  /// Runs to find the rate, short, then at full length to confirm it.
  package let tried: [ServerRun]
  /// The run that counts.
  package let confirmed: ServerRun?
  /// Why there is no rate.
  package let invalid: String?

  /// A rate without its agreement cannot be told.
  package init(
    matcher: MatcherKind, threads: Int, batchLimit: Int, boundMS: Double,
    agreement: SearchAgreement, tried: [ServerRun], confirmed: ServerRun?, failure: String?
  ) {
    self.matcher = matcher
    self.threads = threads
    self.batchLimit = batchLimit
    self.boundMS = boundMS
    self.agreement = agreement
    self.tried = tried
    if matcher.mustAgree, !agreement.isPerfect {
      self.confirmed = nil
      invalid = "an exact matcher missed candidates"
    } else {
      self.confirmed = failure == nil ? confirmed : nil
      invalid = failure ?? (confirmed == nil ? "no run held a rate" : nil)
    }
  }

  /// Scheduled queries a second, never completed ones.
  package var rate: Double? { confirmed?.scheduledPerSecond }
}
