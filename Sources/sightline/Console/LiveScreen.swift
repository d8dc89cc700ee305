// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Pipeline
internal import Reports
internal import Synchronization

/// A few lines at the bottom of a terminal that are drawn anew in place; what else is told scrolls above.
///
/// The cursor stays visible and the terminal in its usual mode, so that a process that is killed leaves
/// nothing to be put right.
final class LiveScreen: Sendable {
  private struct State {
    /// The lines on the screen, as drawn.
    var lines: [String] = []
    var width = 0
    var isOver = false
  }

  private let hasColor: Bool
  private let state = Mutex(State())

  init(hasColor: Bool) { self.hasColor = hasColor }

  /// Columns and rows of the terminal on standard error; `nil` if it is none.
  static var size: (width: Int, height: Int)? {
    var size = winsize()
    guard isatty(STDERR_FILENO) == 1, unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether standard error can show a live view now.
  static func isAvailable(_ environment: [String: String]) -> Bool {
    guard let term = environment["TERM"], !term.isEmpty, term != "dumb", let size else {
      return false
    }
    return size.width >= LiveView.leastWidth && size.height >= LiveView.leastHeight
  }

  /// Draws `frame` in the place of what was there, at the size that the terminal has now.
  func draw(_ frame: LiveFrame) {
    guard let size = Self.size else { return }
    let isLarge = size.width >= LiveView.leastWidth && size.height >= LiveView.leastHeight
    let lines =
      isLarge
      ? LiveView(width: size.width, height: size.height, hasColor: hasColor).lines(frame) : []
    state.withLock { state in
      guard !state.isOver else { return }
      var text = Self.erasure(of: state.lines, drawn: state.width, now: size)
      text += lines.map { "\u{1B}[K" + $0 + "\n" }.joined() + "\u{1B}[J"
      state.lines = lines
      state.width = size.width
      _ = Console.write(text, to: STDERR_FILENO)
    }
  }

  /// Writes a line above the picture. False when the picture is gone.
  func print(_ line: String) -> Bool {
    state.withLock { state in
      guard !state.isOver else { return false }
      let size = Self.size ?? (state.width, 24)
      var text = Self.erasure(of: state.lines, drawn: state.width, now: size)
      text += "\u{1B}[J" + line + "\n" + state.lines.map { $0 + "\n" }.joined()
      _ = Console.write(text, to: STDERR_FILENO)
      return true
    }
  }

  /// Takes the picture away; what follows begins where it began.
  func finish() {
    state.withLock { state in
      guard !state.isOver else { return }
      state.isOver = true
      let size = Self.size ?? (state.width, 24)
      let text = Self.erasure(of: state.lines, drawn: state.width, now: size) + "\u{1B}[J"
      _ = Console.write(text, to: STDERR_FILENO)
    }
  }

  /// Brings the cursor to where the picture begins. In a terminal that became narrower lines may have been
  /// broken, and take more rows.
  private static func erasure(
    of lines: [String], drawn width: Int, now size: (width: Int, height: Int)
  ) -> String {
    var rows = lines.count
    if size.width < width, size.width > 0 {
      rows = lines.reduce(0) { $0 + max(1, (visible($1) + size.width - 1) / size.width) }
    }
    rows = min(rows, max(0, size.height - 1))
    return "\r" + (rows > 0 ? "\u{1B}[\(rows)A" : "")
  }

  /// Characters of a line without its colours.
  private static func visible(_ line: String) -> Int {
    var count = 0
    var isCode = false
    for character in line {
      if character == "\u{1B}" {
        isCode = true
      } else if isCode {
        isCode = character != "m"
      } else {
        count += 1
      }
    }
    return count
  }
}
