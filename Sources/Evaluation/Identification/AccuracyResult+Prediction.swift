// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension AccuracyResult {
  /// A rate that the closed form gives under both shapes of genuine scores.
  package struct Band: Codable, Hashable, Sendable {
    /// With the shape that was simulated.
    package var expected: Double
    /// With the other shape, which fits the data behind the model as well; absent where there is none.
    package var otherShape: Double?
    /// By the power law through the line's NIST values at 1.6 and 12 million; absent where they do not
    /// apply (other conditions, other FPIR).
    package var powerLaw: Double?
  }

  /// Whether a measurement and the closed form agree.
  package enum Verdict: String, Codable, Hashable, Sendable {
    /// The closed form lies in the 95 % interval of the measurement.
    case agrees
    case above
    case below
  }

  /// The closed form at this point's gallery size.
  package struct Prediction: Codable, Hashable, Sendable {
    package var rankOneMiss: Band
    /// Where the measurement lies, as seen from the closed form.
    package var rankOneVerdict: Verdict
    /// Larger than the 12 million behind the model.
    package var beyondModelData: Bool
  }

  package struct OperatingPrediction: Codable, Hashable, Sendable {
    package var threshold: Double
    package var thresholdVerdict: Verdict
    package var fnir: Band
    package var fnirVerdict: Verdict
    /// The threshold that `1 - (1 - FMR)^N` would ask for: too high, since alarms gather at few probes.
    package var independenceThreshold: Double
    /// The FPIR that this formula expects at the threshold measured.
    package var independenceFpir: Double
  }

  /// The closed form at a gallery size, measured or not.
  package struct Outlook: Codable, Hashable, Sendable {
    package var gallerySize: Int
    package var line: String
    package var shape: String
    package var condition: String
    package var rankOneMiss: Band
    package var operating: [OutlookAtFpir]
    /// Larger than the largest gallery searched in this run: nothing here was measured.
    package var extrapolated: Bool
    /// Larger than the 12 million behind the model.
    package var beyondModelData: Bool
  }

  package struct OutlookAtFpir: Codable, Hashable, Sendable {
    package var fpir: Double
    package var threshold: Double
    package var fnir: Band
    package var independenceThreshold: Double
  }

  /// Figures of a verification test on the mates' scores and the best scores of non-mated searches.
  ///
  /// A non-match is a score below the threshold. Conventions are those of pyeer 0.5.6.
  package struct VerificationFigures: Codable, Hashable, Sendable {
    package var genuine: Int
    package var impostors: Int
    package var eer: Double
    package var eerThreshold: Float
    /// FNMR where FMR is nearest to 1 in 100, and the threshold there.
    package var fmr100: Double
    package var fmr100Threshold: Float
    /// The same for 1 in 1,000.
    package var fmr1000: Double
    package var fmr1000Threshold: Float
    /// The same for none.
    package var zeroFmr: Double
  }
}
