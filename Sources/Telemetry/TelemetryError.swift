// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something wrong with what a process tells of itself.
package struct TelemetryError: Error, Hashable, CustomStringConvertible {
  /// The kind of trouble. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// An address that cannot be read, or that others than this machine reach.
    package static let badAddress = Code(name: "bad-address")
    /// The port is taken, or sockets cannot be had.
    package static let cannotListen = Code(name: "cannot-listen")
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
