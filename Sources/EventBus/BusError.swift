// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something wrong with a bus, told in one line so that a user can act on it.
package struct BusError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// The location names no bus this version knows.
    package static let unknownLocation = Code(name: "unknown-location")
    /// The file or its folder is missing.
    package static let missing = Code(name: "missing")
    /// The file or its folder may not be opened or written.
    package static let notAllowed = Code(name: "not-allowed")
    /// The disk, or the file's allowance, is full.
    package static let full = Code(name: "full")
    /// The log has come to its limit, and what it holds is kept for consumers that have not read it.
    package static let held = Code(name: "held")
    /// A name that cannot be one, or nothing has.
    package static let badName = Code(name: "bad-name")
    /// The file is no SQLite database, or another program's.
    package static let notABus = Code(name: "not-a-bus")
    /// The file is damaged.
    package static let damaged = Code(name: "damaged")
    /// The file was made by a later version.
    package static let newerVersion = Code(name: "newer-version")
    /// Another run writes to it.
    package static let locked = Code(name: "locked")
    /// It would not keep what it acknowledges.
    package static let notDurable = Code(name: "not-durable")
    /// It was closed before.
    package static let closed = Code(name: "closed")
    /// No server answers, or it has no leader for the stream at present; may pass by itself.
    package static let unreachable = Code(name: "unreachable")
    /// The server knows us not, or its certificate does not check out.
    package static let refused = Code(name: "refused")
    /// The stream there is not the one that is wanted.
    package static let otherSettings = Code(name: "other-settings")
    /// Anything else.
    package static let failed = Code(name: "failed")
  }

  package let code: Code
  /// What is wrong and what helps, naming the bus.
  package let message: String
  /// What was reported from below, if anything was.
  package let cause: String?

  package init(_ code: Code, _ message: String, cause: String? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String { cause.map { "\(message) (\($0))" } ?? message }
}
