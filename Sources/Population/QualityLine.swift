// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How well captures of enrolled people match their templates: one NIST-calibrated class of recogniser.
///
/// Modes, scales and failure rates were fitted to the FRTE 1:N tables at 1.6 and 12 million (single
/// enrolled mugshots); only the composition FNIR(FMR) is identified by those, not the cosine scale.
package struct QualityLine: Codable, Hashable, Sendable {
  package let name: String
  /// Cosine of capture and template.
  package let genuine: GenuineDistribution

  package init(name: String, genuine: GenuineDistribution) {
    self.name = name
    self.genuine = genuine
  }

  private init(_ name: String, _ mode: Double, _ scale: Double, _ failureRate: Double) {
    self.init(
      name: name, genuine: GenuineDistribution(mode: mode, scale: scale, failureRate: failureRate))
  }

  /// A leader (fits nec_004).
  package static let a0 = QualityLine("A0", 0.625, 0.0114, 0.00117)
  /// Good (neurotechnology_016).
  package static let a = QualityLine("A", 0.657, 0.0212, 0.00052)
  /// The median (neurotechnology_010).
  package static let b = QualityLine("B", 0.640, 0.0227, 0.00076)
  /// The lower third (microsoft_4).
  package static let c = QualityLine("C", 0.640, 0.0297, 0.00043)
  /// Weak (neurotechnology_007).
  package static let d = QualityLine("D", 0.617, 0.0289, 0.00175)
  /// Very weak (3divi_5).
  package static let e = QualityLine("E", 0.610, 0.0456, 0)

  package static let `default` = c
  /// All lines, best first, with Gumbel genuine scores.
  package static let all = [a0, a, b, c, d, e]

  /// The same NIST results fitted as well with Gaussian genuine scores; there is no such fit of A0.
  package static let allGaussian = [
    ("A", 0.719, 0.067, 0.00055), ("B", 0.683, 0.064, 0.00084), ("C", 0.679, 0.076, 0.00071),
    ("D", 0.639, 0.066, 0.0024), ("E", 0.614, 0.082, 0.0056),
  ].map { name, mean, deviation, failureRate in
    QualityLine(
      name: name,
      genuine: GenuineDistribution(
        shape: .gaussian, mode: mean, scale: deviation, failureRate: failureRate))
  }

  /// The line of this name, in either case; `nil` if there is none, as for A0 with Gaussian scores.
  package static func named(
    _ name: String, shape: GenuineDistribution.Shape = .gumbel
  ) -> QualityLine? {
    let lines =
      switch shape {
      case .gumbel: all
      case .gaussian: allGaussian
      }
    return lines.first { $0.name == name.uppercased() }
  }

  /// The same NIST line with the other shape of genuine scores, where there is one.
  package func with(_ shape: GenuineDistribution.Shape) -> QualityLine? {
    genuine.shape == shape ? self : Self.named(name, shape: shape)
  }
}
