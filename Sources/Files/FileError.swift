// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// Something wrong with a file, told so that a user can act on it.
package struct FileError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let unreadable = Code(name: "unreadable")
    package static let unwritable = Code(name: "unwritable")
    package static let malformed = Code(name: "malformed")
    package static let digestMismatch = Code(name: "digest-mismatch")
    package static let newerVersion = Code(name: "newer-version")
    package static let exists = Code(name: "exists")
  }

  package let code: Code
  package let path: FilePath
  /// One line: what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ path: FilePath, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  package var description: String { "\(path): \(message)" }
}

extension Errno {
  /// What the system says, with the remedy where there is an obvious one.
  package var advice: String {
    switch self {
    case .noSuchFileOrDirectory: "no such file or directory"
    case .permissionDenied: "permission denied; check the owner and mode"
    case .noSpace: "no space left on the device; free some and run again"
    case .fileExists: "already exists"
    case .readOnlyFileSystem: "the file system is read-only"
    default: description
    }
  }
}
