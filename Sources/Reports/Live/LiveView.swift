// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Pipeline
internal import Telemetry

/// Draws a running pipeline for a terminal: a pure function of a frame and a size.
package struct LiveView: Sendable {
  /// Terminals smaller than this get lines of progress instead.
  package static let leastWidth = 60
  package static let leastHeight = 18

  let width: Int
  let height: Int
  let hasColor: Bool

  package init(width: Int, height: Int, hasColor: Bool) {
    self.width = min(width, 160)
    self.height = height
    self.hasColor = hasColor
  }

  /// At most `height - 1` lines of at most `width` columns each.
  package func lines(_ frame: LiveFrame) -> [String] {
    var lines = [title(frame), counts(frame), doors(frame)]
    guard frame.now.beganAt != nil else { return Array(lines.prefix(2)) }
    let stages = stageTable(frame)
    // Title, a blank before each table, their heads.
    let room = max(0, height - 1 - lines.count - 1 - stages.count - 2)
    // Lines that cameras do not need tell of sightings.
    let sightings = sightingTable(
      frame, rows: min(7, max(room / 3, room - frame.now.cameras.count)))
    lines += [""] + cameraTable(frame, rows: room - sightings.count)
    lines += [""] + stages + sightings
    // Blanks would be broken into lines of their own where a terminal becomes narrower.
    return lines.prefix(max(0, height - 1)).map { TerminalText.trimmed($0) }
  }

  private func title(_ frame: LiveFrame) -> String {
    var time = Self.clock(frame.now.seconds)
    if frame.now.phase == .stopping {
      time += ", stopping"
    } else if let left = frame.left {
      time += ", about \(Self.clock(left)) left"
    }
    let words = TerminalText.plain(
      [frame.title, frame.status].compactMap { $0 }.joined(separator: "  "))
    let room = max(0, width - TerminalText.columns(time) - 2)
    return bold(TerminalText.fitted(words, room)) + "  " + time
  }

  private func counts(_ frame: LiveFrame) -> String {
    guard frame.now.beganAt != nil else { return "" }
    let now = frame.now
    let done = now.frames.entered
    let of = now.expectedFrames.map { " of \(Text.count($0))" } ?? ""
    let rate = Text.fixed(frame.rate { $0.frames.entered }, 1)
    return line([
      "frames \(Text.count(done))\(of), \(rate)/s", "faces \(Text.count(now.faces.located))",
      "searches \(Text.count(now.searches))", "sightings \(Text.count(now.opened))",
      "events \(Text.count(now.eventsDurable))",
    ])
  }

  private func doors(_ frame: LiveFrame) -> String {
    let frames = frame.now.frames
    var parts = ["in flight \(frames.inFlight)", "failed \(Text.count(frames.failed))"]
    let share = frames.entered > 0 ? Double(frames.dropped) / Double(frames.entered) : 0
    let dropped =
      frames.dropped > 0
      ? "dropped \(Text.count(frames.dropped)), \(Text.percent(share))" : "dropped 0"
    parts.append(dropped)
    if frame.now.eventsWaiting > 0 {
      parts.append("\(Text.count(frame.now.eventsWaiting)) events wait")
    }
    if let process = frame.process {
      if let before = frame.processBefore, frame.span > 0 {
        let cores = (process.cpuSeconds - before.cpuSeconds) / frame.span
        parts.append("\(Text.fixed(max(0, cores), 1)) cores")
      }
      parts.append(Text.bytes(process.residentBytes))
    }
    let text = line(parts)
    return frames.dropped > 0 ? text.replacing(dropped, with: red(dropped)) : text
  }

  /// As many parts as there is room for.
  private func line(_ parts: [String]) -> String {
    var text = ""
    for part in parts {
      let longer = text.isEmpty ? part : text + "   " + part
      if TerminalText.columns(longer) > width { break }
      text = longer
    }
    return text
  }

  // MARK: - Words and colours

  /// Minutes and seconds, or hours.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds), 3.6e8).rounded())
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (whole / 3_600, whole / 60 % 60)
    return hours > 0
      ? "\(hours):\(padded(minutes)):\(padded(whole % 60))" : "\(minutes):\(padded(whole % 60))"
  }

  func bold(_ text: String) -> String { colored(text, "1") }
  func faint(_ text: String) -> String { colored(text, "2") }
  func red(_ text: String) -> String { colored(text, "31") }
  func yellow(_ text: String) -> String { colored(text, "33") }

  private func colored(_ text: String, _ code: String) -> String {
    hasColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
