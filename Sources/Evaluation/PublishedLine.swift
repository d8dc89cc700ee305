// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// What NIST published of the algorithm that a line is fitted to: single-image mugshots, FRTE 1:N edition
/// with submissions up to 2025-11-28, at 1.6 and 12 million.
package struct PublishedLine: Hashable, Sendable {
  package static let sizes = (small: 1_600_000, large: 12_000_000)
  package static let fpir = 0.003

  package let name: String
  package let rankOneMiss: (small: Double, large: Double)
  package let fnir: (small: Double, large: Double)

  private init(_ name: String, _ rankOne: (Double, Double), _ fnir: (Double, Double)) {
    self.name = name
    rankOneMiss = rankOne
    self.fnir = fnir
  }

  package static let all = [
    PublishedLine("A0", (0.0011, 0.0013), (0.0013, 0.0018)),
    PublishedLine("A", (0.0005, 0.0008), (0.0019, 0.0048)),
    PublishedLine("B", (0.0009, 0.0013), (0.0053, 0.0137)),
    PublishedLine("C", (0.0014, 0.0027), (0.0169, 0.0365)),
    PublishedLine("D", (0.0036, 0.0058), (0.0346, 0.0709)),
    PublishedLine("E", (0.0173, 0.0298), (0.1264, 0.1948)),
  ]

  package static func named(_ name: String) -> PublishedLine? { all.first { $0.name == name } }

  /// The power law through both sizes, upwards from the smaller; at most 1.
  package func rankOneMiss(_ size: Int) -> Double? { Self.powerLaw(rankOneMiss, size) }
  package func fnir(_ size: Int) -> Double? { Self.powerLaw(fnir, size) }

  private static func powerLaw(_ values: (small: Double, large: Double), _ size: Int) -> Double? {
    guard size >= sizes.small else { return nil }
    let exponent =
      log(values.large / values.small) / log(Double(sizes.large) / Double(sizes.small))
    return min(1, values.small * pow(Double(size) / Double(sizes.small), exponent))
  }

  package static func == (a: PublishedLine, b: PublishedLine) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
