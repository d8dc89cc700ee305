// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why a stream cannot be made, told in one line so that a user can set it right.
package struct TrafficError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// An option cannot be honoured.
    package static let badOption = Code(name: "bad-option")
    /// The bus holds other events.
    package static let busInUse = Code(name: "bus-in-use")
    /// Something that cannot happen did.
    package static let internalFault = Code(name: "internal-fault")
  }

  package let code: Code
  /// What is wrong and what helps; names the option as typed, such as `--rate`.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
