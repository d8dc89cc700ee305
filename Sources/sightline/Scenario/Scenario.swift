// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Pipeline
internal import Settings
internal import SystemPackage

/// Settings of commands that come from a file: YAML, a section for each command, keys by the names of
/// its options.
struct Scenario {
  private let sections: [String: [String: Value]]

  private struct Value {
    let argument: String
    let place: SettingsText.Place
    /// Of an option that may be given several times, each with its own line.
    var lines: [SettingsText] = []

    /// The line that a complaint is about; `nil` where it quotes none of them, and so is about another's.
    func place(of message: String) -> SettingsText.Place? {
      guard !lines.isEmpty else { return place }
      let message = message.filter { $0 != " " }
      return lines.first { message.contains("'\($0.string.filter { $0 != " " })'") }?.place
    }
  }

  /// Where a setting comes from; the nearest to the user counts.
  enum Source: String {
    case option = "flag"
    case environment, file
    case standard = "default"
  }

  /// One setting as it is in effect.
  struct Setting {
    let key: ScenarioKey
    /// As the option takes it; `nil` where nothing sets it.
    let value: String?
    let source: Source
  }

  /// Sets nothing.
  init() { sections = [:] }

  /// Throws `FileError`, or `SettingsError` for the first thing that is wrong, by its line.
  init(contentsOf path: FilePath) throws {
    let file = try SettingsMap(contentsOf: path)
    guard let version = try file.text("version") else {
      throw file.missing("version", "write 'version: \(ScenarioKeys.version)'")
    }
    guard let number = Int(version.string), number >= 1 else {
      throw version.place.error(.badValue, "write \(ScenarioKeys.version)")
    }
    guard number <= ScenarioKeys.version else {
      throw version.place.error(
        .newerVersion,
        "this program knows \(ScenarioKeys.version), the file is \(number); use a newer one")
    }
    try file.requireKeys(["version", "name"] + ScenarioKeys.commands + ["faults", "thresholds"])
    var sections: [String: [String: Value]] = [:]
    for command in ScenarioKeys.commands {
      guard let map = try file.map(command) else { continue }
      let keys = ScenarioKeys.of(command).filter { $0.kind != .lines }
      try map.requireKeys(keys.map(\.name))
      for key in keys {
        guard
          let texts = try key.kind == .list ? map.list(key.name) : map.text(key.name).map({ [$0] }),
          let first = texts.first
        else { continue }
        let text = texts.map(\.string).joined(separator: ",")
        guard let argument = key.kind.argument(text) else {
          throw first.place.error(.badValue, key.kind.refusal(of: text))
        }
        sections[command, default: [:]][key.name] = Value(argument: argument, place: first.place)
      }
    }
    for (name, value) in [
      ("fault", try Self.faults(file)), ("limit", try Self.thresholds(file)),
    ] {
      guard let value else { continue }
      for command in ScenarioKeys.commands
      where ScenarioKeys.of(command).contains(where: { $0.name == name }) {
        sections[command, default: [:]][name] = value
      }
    }
    self.sections = sections
  }

  /// What goes wrong while a run is under way: a section with keys by kind.
  private static func faults(_ file: SettingsMap) throws -> Value? {
    guard let map = try file.map("faults") else { return nil }
    try map.requireKeys(FaultKind.allCases.map(\.rawValue))
    var rules: [String] = []
    var place: SettingsText.Place?
    for kind in FaultKind.allCases {
      for text in try map.list(kind.rawValue) ?? [] {
        do throws(PipelineError) {
          rules.append("\(try FaultRule(kind, text.string))")
        } catch {
          throw text.place.error(.badValue, error.message)
        }
        place = place ?? text.place
      }
    }
    return place.map { Value(argument: rules.joined(separator: "; "), place: $0) }
  }

  /// What must hold at the end.
  private static func thresholds(_ file: SettingsMap) throws -> Value? {
    let texts = try file.list("thresholds") ?? []
    for text in texts {
      do throws(PipelineError) {
        _ = try ResultLimit(text.string)
      } catch {
        throw text.place.error(.badValue, error.message)
      }
    }
    guard let first = texts.first else { return nil }
    return Value(
      argument: texts.map(\.string).joined(separator: "; "), place: first.place, lines: texts)
  }

  /// Whether the file has anything for `command` alone.
  func has(_ command: String) -> Bool {
    let shared = ScenarioKeys.of(command).filter { $0.kind == .lines }.map(\.name)
    return sections[command]?.keys.contains { !shared.contains($0) } ?? false
  }

  /// The settings of `command` when `given` options stand on the command line: flag, else environment,
  /// else file, else default. Of rivals only those of the nearest source count.
  ///
  /// Throws `SettingsError` for a variable that is no setting's, or has no value of its kind.
  func settings(
    of command: String, given: [String: String], environment: [String: String]
  ) throws(SettingsError) -> [Setting] {
    let keys = ScenarioKeys.of(command)
    let prefix = ScenarioKeys.prefix(command)
    let known = keys.map { $0.variable(command) }
    if let strange = environment.keys.sorted().first(where: {
      $0.hasPrefix(prefix) && !known.contains($0)
    }) {
      throw SettingsError(
        .unknownKey, "unknown variable \(strange)" + Suggestion.words(strange, of: known))
    }
    var found: [String: (value: String, source: Source)] = [:]
    for key in keys {
      if let value = given[key.name] {
        found[key.name] = (value, .option)
      } else if let text = environment[key.variable(command)] {
        guard let value = key.kind.argument(text) else {
          throw SettingsError(
            .badValue, "\(key.variable(command)): \(key.kind.refusal(of: text))")
        }
        found[key.name] = (value, .environment)
      } else if let value = sections[command]?[key.name] {
        found[key.name] = (value.argument, .file)
      }
    }
    let order: [Source] = [.option, .environment, .file]
    func rank(_ name: String) -> Int {
      found[name].flatMap { order.firstIndex(of: $0.source) } ?? order.count
    }
    return keys.map { key in
      let beaten = key.rivals.contains { rank($0) < rank(key.name) }
      guard let setting = found[key.name], !beaten else {
        return Setting(
          key: key, value: key.rivals.contains { found[$0] != nil } ? nil : key.standard,
          source: .standard)
      }
      return Setting(key: key, value: setting.value, source: setting.source)
    }
  }

  /// `message`, which speaks of an option, told at the line that set it, where the file did.
  func located(_ message: String, command: String) -> String {
    let section = sections[command] ?? [:]
    // Of the options that are spoken of the first that the file sets, by its whole name: --batch is no part
    // of --batch-wait.
    let sentence = message.prefix { $0 != "\n" }
    let spoken = sentence.ranges(of: "--").lazy.map { range in
      String(sentence[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "-" })
    }
    guard let place = spoken.compactMap({ section[$0]?.place(of: message) }).first else {
      return message
    }
    let words = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
    return "\(place.error(.badValue, words))"
  }
}

extension [Scenario.Setting] {
  /// The arguments that say what comes from elsewhere than the command line.
  var arguments: [String] {
    filter { $0.source == .environment || $0.source == .file }.flatMap { setting -> [String] in
      guard let value = setting.value else { return [] }
      if setting.key.kind == .flag { return value == "true" ? ["--\(setting.key.name)"] : [] }
      if setting.key.kind == .lines {
        return value.split(separator: ";").flatMap { ["--\(setting.key.name)", String($0)] }
      }
      // In one word, where it would be taken for an option itself.
      return value.hasPrefix("-")
        ? ["--\(setting.key.name)=\(value)"] : ["--\(setting.key.name)", value]
    }
  }

  /// One `key=value` a line, whatever the sources: equal digests, equal settings.
  var digest: SHA256Digest {
    SHA256Digest(
      of: map { setting in
        let value = setting.value ?? ""
        // A default as an option would be given, so that it is the same whether it is written down or not.
        return "\(setting.key.name)=\(setting.key.kind.argument(value) ?? value)\n"
      }.joined())
  }
}
