// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Logs
import Synchronization
import Testing

@Suite("Logs")
struct EventLogTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private func lines(
    _ level: LogLevel, _ format: LogFormat, _ body: (EventLog) -> Void
  ) -> [String] {
    let lines = Lines()
    body(EventLog(level, format: format) { line in lines.all.withLock { $0.append(line) } })
    return lines.all.withLock { $0 }
  }

  @Test("What matters less than the level is not told", arguments: LogLevel.allCases)
  func levels(level: LogLevel) {
    let told = lines(level, .text) { log in
      for other in LogLevel.allCases { log.tell(other, other.rawValue, "words", []) }
    }
    let wanted = LogLevel.allCases.drop { $0 != level }
    #expect(told.count == wanted.count)
    for (line, level) in zip(told, wanted) {
      #expect(line.contains(" \(level.rawValue) \(level.rawValue): words"))
    }
  }

  @Test("Text has a time, a level, a code, words, and details in the order of their keys")
  func text() throws {
    let line = try #require(
      lines(.info, .text) {
        $0.tell(.warning, "camera-gone", "no frame", [("seconds", "5"), ("camera", "cam 03")])
      }.first)
    #expect(line.hasSuffix(#" warning camera-gone: no frame camera="cam 03" seconds=5"#))
    #expect(
      line.prefix(24).wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
  }

  @Test("JSON is one object a line, whatever is in it, and keys of ours are not overwritten")
  func json() throws {
    let odd = "a\"b\\c\nd\u{1B}[2J\u{85}\u{2028}é"
    let line = try #require(
      lines(.debug, .json) {
        $0.tell(.error, "odd", odd, [("camera", odd), ("message", "mine")])
      }.first)
    #expect(!line.contains("\n") && !line.contains("\u{1B}"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["message"] == odd && object["camera"] == odd && object["_message"] == "mine")
    #expect(object["level"] == "error" && object["code"] == "odd")
  }

  @Test("Text stays on one line and cannot move a cursor")
  func harmless() throws {
    let line = try #require(
      lines(.debug, .text) {
        $0.tell(.error, "odd", "a\nb\u{1B}[2J", [("camera", "x\r\u{9B}2J")])
      }.first)
    #expect(
      line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
  }
}
