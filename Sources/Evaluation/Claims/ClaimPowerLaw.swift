// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The results at two gallery sizes that a quality line was fitted to, and the power law through them.
///
/// NIST FRTE 1:N results page, edition with submissions up to 2025-11-28, mugshot against mugshot, one
/// enrolled image.
struct ClaimPowerLaw: Sendable {
  static let sizes = (1.6e6, 12e6)

  /// Rank-1 miss rate at both sizes, and FNIR at FPIR .003.
  let rankOneMiss: (Double, Double)
  let fnir: (Double, Double)

  static func named(_ line: String) -> ClaimPowerLaw? {
    switch line {
    case "A0": ClaimPowerLaw(rankOneMiss: (0.0011, 0.0013), fnir: (0.0013, 0.0018))
    case "A": ClaimPowerLaw(rankOneMiss: (0.0005, 0.0008), fnir: (0.0019, 0.0048))
    case "B": ClaimPowerLaw(rankOneMiss: (0.0009, 0.0013), fnir: (0.0053, 0.0137))
    case "C": ClaimPowerLaw(rankOneMiss: (0.0014, 0.0027), fnir: (0.0169, 0.0365))
    case "D": ClaimPowerLaw(rankOneMiss: (0.0036, 0.0058), fnir: (0.0346, 0.0709))
    case "E": ClaimPowerLaw(rankOneMiss: (0.0173, 0.0298), fnir: (0.1264, 0.1948))
    default: nil
    }
  }

  /// The miss rate of a reading that was published; `nil` for others, and below the sizes published.
  func miss(_ reading: ClaimReading, gallerySize: Int) -> Double? {
    guard Double(gallerySize) >= Self.sizes.0 else { return nil }
    let points: (Double, Double)
    switch reading {
    case .rank(1): points = rankOneMiss
    case .tpir(0.003): points = fnir
    default: return nil
    }
    let exponent = log(points.1 / points.0) / log(Self.sizes.1 / Self.sizes.0)
    return min(1, points.0 * pow(Double(gallerySize) / Self.sizes.0, exponent))
  }
}
