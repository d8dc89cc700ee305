// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something that keeps an evaluation from being made.
package struct EvaluationError: Error, Hashable, CustomStringConvertible {
  /// The kind of trouble. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// Nothing on the bus belongs to the frame set.
    package static let noRun = Code(name: "no-run")
    /// An event that cannot be read.
    package static let badEvent = Code(name: "bad-event")
    /// Probes that a gallery cannot have, or too many.
    package static let badProbes = Code(name: "bad-probes")
    /// A plan that contradicts itself or asks for more than its searches can show.
    package static let badPlan = Code(name: "bad-plan")
    /// A run folder or result that is not what it should be.
    package static let badRun = Code(name: "bad-run")
    /// A run folder of a later version.
    package static let newerVersion = Code(name: "newer-version")
    /// Given up on request; what was finished is kept.
    package static let interrupted = Code(name: "interrupted")
    /// A claim that contradicts itself.
    package static let badClaim = Code(name: "bad-claim")
    /// A file of measurements that cannot be read.
    package static let badMeasurement = Code(name: "bad-measurement")
  }

  package let code: Code
  /// One line: what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }

  static func badPlan(_ message: String) -> EvaluationError { .init(.badPlan, message) }
  static func badRun(_ message: String) -> EvaluationError { .init(.badRun, message) }
}
