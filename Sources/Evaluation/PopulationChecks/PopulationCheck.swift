// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// One check figure of the population model's specification, or several that belong together, measured.
package struct PopulationCheck: Codable, Hashable, Sendable {
  /// One number that is wanted within limits.
  package struct Figure: Codable, Hashable, Sendable {
    package let label: String
    /// What the specification expects.
    package let expected: Double
    /// The tolerance, both ends included.
    package let low: Double
    package let high: Double
    package let measured: Double
    /// Digits behind the point that say something.
    package let decimals: Int
    package var passed: Bool { (low...high).contains(measured) }

    package init(
      _ label: String, _ expected: Double, within tolerance: Double, decimals: Int,
      measured: Double
    ) {
      self.init(
        label, expected, in: expected - tolerance...expected + tolerance, decimals: decimals,
        measured: measured)
    }

    package init(
      _ label: String, _ expected: Double, in range: ClosedRange<Double>, decimals: Int,
      measured: Double
    ) {
      self.label = label
      self.expected = expected
      (low, high) = (range.lowerBound, range.upperBound)
      self.measured = measured
      self.decimals = decimals
    }
  }

  /// 1 to 21, as in the specification.
  package let number: Int
  package let title: String
  /// Empty where the check was not run.
  package let figures: [Figure]
  /// How it was measured, where the title does not say it.
  package let note: String?

  package init(_ number: Int, _ title: String, _ figures: [Figure], note: String? = nil) {
    self.number = number
    self.title = title
    self.figures = figures
    self.note = note
  }

  /// `nil` where the check was not run.
  package var passed: Bool? { figures.isEmpty ? nil : figures.allSatisfy(\.passed) }
}
