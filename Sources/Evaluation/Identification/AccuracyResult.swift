// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Galleries
package import Matching

/// What labelled searches through real matchers showed: `result.json` of a run of `sightline accuracy`.
///
/// Keys in JSON are in snake case; `Schemas/accuracy.v1.schema.json` describes them. Every rate stands
/// with its count, its trials and an interval at 95 %.
package struct AccuracyResult: Codable, Hashable, Sendable {
  /// Version of this record; a later one is refused.
  package static let currentFormat = 1

  package var formatVersion = Self.currentFormat
  /// Nobody real is in it.
  package var simulated = true
  package var plan: AccuracyPlan
  /// SHA-256 of the plan's canonical text.
  package var planDigest: SHA256Digest
  package var software: Software
  package var machine: Machine
  /// One for each gallery size, line, condition and matcher, in the order of the plan.
  package var points: [Point]
  /// What the model expects at other gallery sizes, for the lines and conditions measured.
  package var outlook: [Outlook]
  /// Remarks that a reader must not miss, a sentence each.
  package var notes: [String]

  package struct Software: Codable, Hashable, Sendable {
    package var version: String
    /// The command line that makes this result again.
    package var command: [String]
    /// When the result was written, in UTC, to the second.
    package var finishedAt: String

    package init(version: String, command: [String], finishedAt: String = "") {
      self.version = version
      self.command = command
      self.finishedAt = finishedAt
    }
  }

  package struct Machine: Codable, Hashable, Sendable {
    package var cpu: String
    package var cores: Int
    package var memoryBytes: Int
    /// Kernels in use: `avx2`, `avx512` or `portable`.
    package var kernels: String
    /// Runnable processes over the last minute, when the result was written.
    package var load: Double

    package init(cpu: String, cores: Int, memoryBytes: Int, kernels: String, load: Double) {
      self.cpu = cpu
      self.cores = cores
      self.memoryBytes = memoryBytes
      self.kernels = kernels
      self.load = load
    }
  }
}

extension AccuracyResult {
  /// A count out of independent trials with its 95 % Wilson interval.
  package struct Rate: Codable, Hashable, Sendable {
    package var count: Int
    package var trials: Int
    /// Absent without trials.
    package var rate: Double?
    package var low: Double
    package var high: Double

    package init(_ count: Int, of trials: Int) {
      let proportion = Proportion(count, of: trials)
      self.count = count
      self.trials = trials
      rate = proportion.rate
      (low, high) = (proportion.interval.lowerBound, proportion.interval.upperBound)
    }
  }

  /// An estimate with a percentile bootstrap interval at 95 % over probe subjects.
  package struct Estimate: Codable, Hashable, Sendable {
    package var value: Double
    package var low: Double
    package var high: Double
  }

  /// All searches of one gallery by one matcher with captures of one line under one condition.
  package struct Point: Codable, Hashable, Sendable {
    /// First digits of the digest of all that decides the outcomes; names the outcome file.
    package var id: String
    package var gallerySize: Int
    package var gallery: GalleryDescription
    package var line: String
    /// `gumbel` or `gaussian`: how genuine scores were drawn.
    package var shape: String
    package var condition: String
    package var matcher: MatcherInformation
    /// Codes reranked a search; absent where the matcher has no such list.
    package var listLength: Int?
    /// Candidates asked for.
    package var k: Int
    package var mated: Int
    package var nonMated: Int
    /// Failed captures (FTX): a mated one counts as a miss, another cannot alarm; none is searched.
    package var failedMated: Rate
    package var failedNonMated: Rate
    /// Mated searches whose mate is not at rank 1, whatever its score.
    package var rankOneMiss: Rate
    /// The CMC turned over: mated searches without the mate among the first `rank`, for ranks 1 to k.
    package var missByRank: [RankMiss]
    /// Mated searches in which a non-mate has exactly the mate's score; the mate is ranked after it.
    package var rankTies: Int
    /// Mates that the list should have held by their true score and did not: the matcher's own loss,
    /// apart from the recogniser's. Always 0 of an exact matcher.
    package var lostMates: Rate
    /// For each FPIR asked for that the searches can show.
    package var operating: [OperatingPoint]
    /// FPIR and FNIR over thresholds, from high to low; no FPIR below 3/n.
    package var det: [DETPoint]
    package var mateScores: Histogram
    /// Best scores of non-mated searches.
    package var alarmScores: Histogram
    /// Both score lists treated as those of a verification test.
    package var verification: VerificationFigures?
    package var prediction: Prediction
    /// Against exact search of some of the probes; absent where there was none.
    package var recall: Recall?
    /// Errors by demographic cell and by relatives enrolled; absent where the population has neither.
    package var cohorts: [Cohort]?
    /// What searches of relatives of enrolled people gave; absent where none were made.
    package var kin: [Kin]?
    package var cost: Cost
  }

  package struct RankMiss: Codable, Hashable, Sendable {
    package var rank: Int
    package var miss: Rate
  }

  /// A threshold and what it does.
  package struct OperatingPoint: Codable, Hashable, Sendable {
    package var targetFpir: Double
    /// The smallest threshold whose FPIR is at most the target: just above the next alarm's score.
    package var threshold: Float
    package var thresholdLow: Float
    package var thresholdHigh: Float
    /// Non-mated searches with a candidate at the threshold or above.
    package var fpir: Rate
    /// Non-mated searches tied at the score just below the threshold: lowered by one step of float32,
    /// it would take all of them in. More than 1 means that the target cannot be met more closely.
    package var tiesBelow: Int
    /// Mated searches that do not return the mate first and at the threshold or above (R = 1).
    package var fnir: Rate
    /// FNIR with the uncertainty of the threshold, which was set on these non-mated searches.
    package var fnirEstimate: Estimate
    /// 1 - FNIR.
    package var tpir: Rate
    /// FNIR with the mate anywhere in the list (R = k).
    package var fnirInList: Rate
    /// Why mated searches missed (R = 1); the first that applies. The sum is the count of `fnir`.
    package var misses: MissCauses
    /// Candidates at the threshold or above in a non-mated search, on average.
    package var selectivity: Estimate
    /// Non-mated searches whose list of k was full at the threshold: selectivity is then a lower bound.
    package var fullLists: Int
    package var prediction: OperatingPrediction
  }

  package struct MissCauses: Codable, Hashable, Sendable {
    /// The capture failed.
    package var failed = 0
    /// The mate's true score is below the threshold.
    package var belowThreshold = 0
    /// The mate scores enough, and a non-mate as much or more.
    package var outranked = 0
    /// The mate scores enough, and the matcher did not find it.
    package var lost = 0
  }

  package struct DETPoint: Codable, Hashable, Sendable {
    package var threshold: Float
    /// Non-mated searches at the threshold or above.
    package var alarms: Int
    package var fpir: Double
    /// Mated searches without the mate at rank 1 and the threshold.
    package var misses: Int
    package var fnir: Double
  }

  /// Counts of scores in bins of equal width.
  package struct Histogram: Codable, Hashable, Sendable {
    /// Lower edge of the first bin.
    package var start: Double
    package var width: Double
    package var counts: [Int]
    /// Searches without a score: failed captures, empty lists.
    package var without: Int
  }

  /// What the searches cost beside what they found.
  package struct Cost: Codable, Hashable, Sendable {
    package var searched: Int
    /// Time in searches; drawing probes and the gallery is not in it.
    package var wallSeconds: Double
    /// CPU time of the whole process meanwhile.
    package var cpuSeconds: Double
    package var probesPerSecond: Double
    package var millisecondsPerProbe: Double
    /// Probes searched together.
    package var batch: Int
    package var threads: Int
    /// Bytes the gallery holds a template.
    package var bytesPerTemplate: Int
    /// Seconds to open or draw the gallery, in the session that made the last searches.
    package var gallerySeconds: Double
  }

  /// What an approximate matcher found of what exact search finds.
  package struct Recall: Codable, Hashable, Sendable {
    /// The first so many non-mated probes were searched exactly as well.
    package var probes: Int
    /// Of all mates who belong in the list by their true score, those in it.
    package var mates: Rate
    package var alarms: [AlarmRecall]
  }

  /// Of the non-mated searches that alarm at this threshold by exact search, those that do here.
  package struct AlarmRecall: Codable, Hashable, Sendable {
    package var threshold: Float
    package var found: Rate
  }
}
