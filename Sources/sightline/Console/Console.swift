// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The terminal: words on standard error, data on standard output.
enum Console {
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Writes to standard output at once, in one piece.
  static func output(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0, errno == EINTR { continue }
      // Nobody is left to tell.
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
