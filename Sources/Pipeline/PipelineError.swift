// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something wrong with a run as a whole.
package struct PipelineError: Error, Hashable, CustomStringConvertible {
  /// The kind of trouble. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// The frame set was made for another population than this program's.
    package static let populationMismatch = Code(name: "population-mismatch")
    /// The threshold cannot be had, such as an FPIR no cosine reaches.
    package static let noThreshold = Code(name: "no-threshold")
    /// A precomputed embedding that no matcher takes.
    package static let badProbe = Code(name: "bad-probe")
    /// A fault that cannot be played: its text is none, or its camera is not there.
    package static let badFault = Code(name: "bad-fault")
    /// A limit that names no figure, or no bound.
    package static let badLimit = Code(name: "bad-limit")
    /// A frame set without frames.
    package static let emptySet = Code(name: "empty-set")
    /// A rule of the pipeline was broken; a fault of ours.
    package static let internalFault = Code(name: "internal-fault")
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
