// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Choices of scenario files")
struct ScenarioChoiceTests {
  private static let commands = ["simulate", "run", "bench-pipeline"]

  /// The published choices of a command's keys.
  private func choices(_ command: String) throws -> [String: [String]] {
    let schema = try object(try Binary.run("config", "schema").output)
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    let keys = try #require(properties[command]?["properties"] as? [String: [String: Any]])
    return keys.compactMapValues { $0["enum"] as? [String] }
  }

  /// Writes one value of one key into a file, and checks that.
  private func checked(
    _ command: String, _ key: String, _ value: String, _ scratch: Scratch
  ) throws -> Binary.Result {
    let path = scratch.path("s.yaml")
    try Data("version: 1\n\n\(command):\n  \(key): \(value)\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    return try Binary.run("config", "check", path)
  }

  @Test("The schema has the choices of the command's own options, and of all of them")
  func sameAsOptions() throws {
    for command in Self.commands {
      let words = command.replacingOccurrences(of: "-", with: " ")
      let dump = try object(
        try Binary.shell("$SIGHTLINE \(words) --experimental-dump-help").output)
      let arguments = (dump["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
      var taken: [String: [String]] = [:]
      for argument in arguments {
        let name = (argument["preferredName"] as? [String: Any])?["name"] as? String ?? ""
        taken[name] = argument["allValues"] as? [String]
      }
      var published = try choices(command)
      // A quality line is one of a list, and no type's case.
      if command == "simulate" {
        let lines = published.removeValue(forKey: "line")
        #expect(Set(lines ?? []).isSuperset(of: ["A0", "A", "B", "C", "D", "E", "c"]))
      }
      #expect(taken == published, "\(command)")
      #expect(!taken.isEmpty || command == "simulate")
    }
  }

  @Test("Every choice of the schema is taken, quoted or not", arguments: commands)
  func taken(command: String) throws {
    let scratch = try Scratch()
    for (key, values) in try choices(command) {
      for value in values {
        let quoted = "'\(value)'"
        for text in value == values.first ? [value, quoted] : [value] {
          let result = try checked(command, key, text, scratch)
          #expect(result.status == 0, "\(key): \(text): \(result.errors)")
        }
      }
    }
  }

  @Test(
    "What is no choice is refused at its line, with the nearest or all there are",
    arguments: [
      ("run", "matcher", "scetch", "; did you mean 'sketch'?"),
      ("run", "matcher", "Exact", "; did you mean 'exact'?"),
      ("run", "clock", "sundial", "; known are virtual, wall"),
      ("run", "scale", "1/3", "; did you mean '1/1'?"),
      ("run", "scale", "0.5", "; known are 1/1, 1/2, 1/4, 1/8"),
      ("run", "locate", "boxs", "; did you mean 'boxes'?"),
      ("run", "when-full", "drop-oldst", "; did you mean 'drop-oldest'?"),
      ("run", "log-level", "warn", "; known are trace, debug"),
      ("run", "log-format", "xml", "; known are text, json"),
      ("bench-pipeline", "scenario", "camera", "; did you mean 'cameras'?"),
      ("bench-pipeline", "bus", "sqlit", "; did you mean 'sqlite'?"),
      ("simulate", "line", "F", "; known are A0, A, B"),
    ])
  func refused(command: String, key: String, value: String, words: String) throws {
    let scratch = try Scratch()
    let result = try checked(command, key, value, scratch)
    #expect(result.status == 2 && result.output == "")
    #expect(
      result.errors.contains("s.yaml:4: \(key): '\(value)' is not a choice\(words)"),
      "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    // As the command itself does, where the same stands in the environment.
    let variable = "sightline_\(command)_\(key)".uppercased().replacing("-", with: "_")
    let line = command == "simulate" ? "simulate --out x" : "\(command.replacing("-", with: " ")) x"
    let used = try Binary.shell("\(variable)='\(value)' $SIGHTLINE \(line)")
    #expect(used.status == 2, "\(used.errors)")
    #expect(used.errors.contains("\(variable): '\(value)' is not a choice"), "\(used.errors)")
  }
}
