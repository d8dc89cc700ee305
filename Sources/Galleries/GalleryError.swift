// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why a gallery cannot be had, told so that a user can act on it.
package struct GalleryError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let doesNotFit = Code(name: "does-not-fit")
    package static let badSize = Code(name: "bad-size")
    package static let badRows = Code(name: "bad-rows")
    package static let cancelled = Code(name: "cancelled")
    package static let noSpace = Code(name: "no-space")
    package static let busy = Code(name: "busy")
    package static let otherPlan = Code(name: "other-plan")
    package static let wrongEncoding = Code(name: "wrong-encoding")
    package static let foreign = Code(name: "foreign")
    package static let notOfPopulation = Code(name: "not-of-population")
    package static let badArgument = Code(name: "bad-argument")
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
