// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why a benchmark cannot be run, told so that a user can act on it.
package struct BenchmarkError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let badPlan = Code(name: "bad-plan")
    package static let doesNotFit = Code(name: "does-not-fit")
    package static let noReference = Code(name: "no-reference")
    package static let badProbes = Code(name: "bad-probes")
    /// The machine does not do what is measured.
    package static let failed = Code(name: "failed")
  }

  package let code: Code
  /// One line: what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
