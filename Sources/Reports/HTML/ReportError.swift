// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why there is no report, with the remedy.
package struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable {
    let name: String
    /// Neither a run nor a claim.
    package static let nothing = Code(name: "nothing")
    /// Runs that one model cannot explain.
    package static let otherPopulation = Code(name: "other-population")
    /// Figures that no run can have.
    package static let damaged = Code(name: "damaged")
    /// More than a page can hold.
    package static let tooLarge = Code(name: "too-large")
  }

  package let code: Code
  private let words: String

  init(_ code: Code, _ words: String) {
    self.code = code
    self.words = words
  }

  package var description: String { words }
}
