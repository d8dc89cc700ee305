// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Files
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The terminal: words on standard error, data on standard output.
enum Console {
  static func error(_ text: String) { note(text) }

  /// What to throw for options that contradict each other or a file: one line, and the documented status.
  static func usage(_ message: String) -> ExitCode {
    error("sightline: \(message)")
    return ExitCode(ExitStatus.usage)
  }

  /// The live view that words scroll above; `nil` while there is none.
  private static let screen = Mutex<LiveScreen?>(nil)

  static func show(on screen: LiveScreen?) { self.screen.withLock { $0 = screen } }

  /// Words for people; if nobody can be told, there is nobody to tell that either.
  static func note(_ text: String) {
    if let screen = screen.withLock({ $0 }), screen.print(text) { return }
    _ = write(text + "\n", to: STDERR_FILENO)
  }

  /// Writes a line to standard output at once.
  ///
  /// - Throws: `ConsoleError` when it cannot be written, such as to a full disk.
  static func output(_ text: String) throws(ConsoleError) {
    let failure = write(text + "\n", to: STDOUT_FILENO)
    if failure != 0 {
      endIfUnread(failure)
      throw ConsoleError(description: "cannot write the output: \(Errno(rawValue: failure).advice)")
    }
  }

  /// Whether a line can be written now without waiting for who reads.
  static func canWrite(_ descriptor: Int32) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&wait, 1, 0) > 0
  }

  /// Ends the process as a closed pipe would have, where that is what failed.
  static func endIfUnread(_ failure: Int32) {
    guard failure == EPIPE else { return }
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
  }

  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  /// Returns 0, or the number of what went wrong.
  static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 {
        if errno == EINTR { continue }
        return errno
      }
      bytes = bytes.dropFirst(written)
    }
    return 0
  }
}

/// The output cannot be written.
struct ConsoleError: Error, CustomStringConvertible {
  let description: String
}
