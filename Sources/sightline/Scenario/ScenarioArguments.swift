// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Settings
internal import SystemPackage

/// A command line with what a scenario file and the environment add to it.
struct ScenarioArguments {
  /// To be parsed in the place of the user's.
  let arguments: [String]
  /// As they are in effect; empty for commands that scenario files are not for.
  let settings: [Scenario.Setting]
  private let scenario: Scenario
  private let command: String?

  /// Takes `--config FILE` out of the arguments of a command that scenario files are for, and puts the
  /// options in that it and the environment set.
  init(_ user: [String], environment: [String: String]) throws {
    guard
      let command = ScenarioKeys.commands.first(where: { user.starts(with: ScenarioKeys.words($0)) }
      )
    else {
      (arguments, settings, scenario, command) = (user, [], Scenario(), nil)
      return
    }
    let words = ScenarioKeys.words(command)
    var rest = Array(user.dropFirst(words.count))
    let file = Self.take("--config", from: &rest)
    let scenario = try file.map { try Scenario(contentsOf: FilePath($0)) } ?? Scenario()
    let settings = try scenario.settings(
      of: command, given: Self.given(rest, command), environment: environment)
    self.scenario = scenario
    self.command = command
    self.settings = settings
    arguments = words + settings.arguments + rest
  }

  /// Of the settings of the command that runs, whatever they come from; `nil` for other commands.
  @TaskLocal static var settingsDigest: String?

  /// A complaint of the parser, with the file's line where that is to blame.
  func located(_ message: String) -> String {
    command.map { scenario.located(message, command: $0) } ?? message
  }

  private static func take(_ option: String, from arguments: inout [String]) -> String? {
    let end = arguments.firstIndex(of: "--") ?? arguments.count
    for index in 0..<end {
      if arguments[index] == option, index + 1 < end {
        defer { arguments.removeSubrange(index...(index + 1)) }
        return arguments[index + 1]
      }
      if arguments[index].hasPrefix(option + "=") {
        defer { arguments.remove(at: index) }
        return String(arguments[index].dropFirst(option.count + 1))
      }
    }
    return nil
  }

  /// The settings on a command line, by name.
  static func given(_ arguments: [String], _ command: String) -> [String: String] {
    var found: [String: String] = [:]
    let end = arguments.firstIndex(of: "--") ?? arguments.count
    for index in 0..<end where arguments[index].hasPrefix("--") {
      let parts = arguments[index].dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first,
        let key = ScenarioKeys.of(command).first(where: { $0.name == name })
      else { continue }
      let value: String
      if key.kind == .flag {
        value = "true"
      } else if parts.count == 2 {
        value = String(parts[1])
      } else if index + 1 < end {
        value = arguments[index + 1]
      } else {
        continue
      }
      let before = key.kind == .lines ? found[key.name].map { $0 + "; " } : nil
      found[key.name] = (before ?? "") + value
    }
    return found
  }
}
