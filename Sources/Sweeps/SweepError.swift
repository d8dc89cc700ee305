// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something that keeps a sweep from being made or read.
package struct SweepError: Error, Hashable, CustomStringConvertible {
  /// The kind of trouble. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// A plan that contradicts itself or the frame sets.
    package static let badPlan = Code(name: "bad-plan")
    /// A sweep's folder or result that is not what it should be.
    package static let badSweep = Code(name: "bad-sweep")
    /// A folder or result of a later version.
    package static let newerVersion = Code(name: "newer-version")
    /// Given up on request; the points that were finished are kept.
    package static let interrupted = Code(name: "interrupted")
  }

  package let code: Code
  /// One line: what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }

  static func badPlan(_ message: String) -> SweepError { .init(.badPlan, message) }
  static func badSweep(_ message: String) -> SweepError { .init(.badSweep, message) }
}
