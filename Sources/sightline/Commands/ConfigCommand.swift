// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Files
internal import FoundationEssentials
internal import Reports
internal import Settings
internal import SystemPackage

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract:
      "Check and show scenario files: settings of simulate, run and bench pipeline in YAML.",
    discussion: """
      `sightline simulate`, `run` and `bench pipeline` take options from --config FILE: a file with a \
      section for each command (simulate, run, bench-pipeline) and keys by the names of its options. An \
      option on the command line counts before a variable of the environment (SIGHTLINE_RUN_FPIR), that \
      before the file, and that before the default. Values may have units: 2 minutes, 1/333, 1.3 billion. \
      A section `faults` says what goes wrong while a run is under way (--fault), a list `thresholds` what \
      must hold at its end (--limit).
      """, subcommands: [Check.self, Show.self, Schema.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether a scenario file can be taken, and what is wrong with it by its line.")

    @Argument(help: "The scenario: a YAML file.")
    var file: String

    func run() throws {
      let scenario = try ConfigCommand.usage { try Scenario(contentsOf: FilePath(file)) }
      for command in ScenarioKeys.commands where scenario.has(command) {
        let arguments = try scenario.settings(of: command, given: [:], environment: [:]).arguments
        try ConfigCommand.usage {
          do {
            // With what a file may leave to the command line.
            switch command {
            case "run": _ = try Run.parse(["frames"] + arguments)
            case "bench-pipeline":
              _ = try BenchCommand.Pipeline.parse(["frames"] + arguments + Self.load(arguments))
            default:
              let hasFolder = arguments.contains("--out")
              _ = try Simulate.parse((hasFolder ? [] : ["--out", "frames"]) + arguments)
            }
          } catch {
            // The first line says what is wrong; the usage below it is of no help here.
            let message = Simulate.message(for: error)
            throw SettingsError(.badValue, scenario.located(message, command: command))
          }
        }
      }
      Console.note("\(file): can be taken")
    }

    /// A load for a bench whose file leaves it to the command line.
    private static func load(_ arguments: [String]) -> [String] {
      let isClosed = ["offline", "single", "multi"].contains { arguments.contains($0) }
      if isClosed { return [] }
      let hasLoad = ["--find-max", "--cameras", "--rate"].contains { arguments.contains($0) }
      return (arguments.contains("--bound") ? [] : ["--bound", "p99=100ms"])
        + (hasLoad ? [] : ["--find-max"])
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the settings of a command as they would be in effect, and where each is from."
    )

    @Argument(help: "The command: simulate, run or bench-pipeline.")
    var command: String

    @Argument(help: "The scenario: a YAML file. (default: none)")
    var file: String?

    @Flag(help: "Show what is in effect, defaults too; otherwise only what is set.")
    var effective = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
      guard ScenarioKeys.commands.contains(command) else {
        throw ValidationError("'\(command)': give simulate, run or bench-pipeline")
      }
    }

    func run() throws {
      let settings = try ConfigCommand.usage {
        try (file.map { try Scenario(contentsOf: FilePath($0)) } ?? Scenario()).settings(
          of: command, given: [:], environment: ProcessInfo.processInfo.environment)
      }
      let shown = settings.filter { effective || $0.source != .standard }
      if json {
        let values = shown.map {
          Row(key: $0.key.name, value: $0.shownValue, source: $0.source.rawValue)
        }
        try Console.output(
          try Effective(command: command, digest: settings.digest.hex, settings: values).json())
        return
      }
      let rows = shown.flatMap { setting in
        setting.shownLines.map { [setting.key.name, $0, setting.source.rawValue] }
      }
      try Console.output(
        Text.table([["\(command)", "value", "from"]] + rows, indent: "")
          + "\n\nsettings \(settings.digest)")
    }

    private struct Row: Encodable {
      let key: String
      let value: String?
      let source: String
    }

    private struct Effective: Encodable {
      let command: String
      let digest: String
      let settings: [Row]
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the JSON Schema of scenario files, for editors.")

    func run() throws { try Console.output(ScenarioSchema.text) }
  }

  /// What is wrong with a file is wrong usage: one line, and the status of that.
  private static func usage<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as SettingsError {
      throw Console.usage("\(error)")
    }
  }
}

extension Scenario.Setting {
  /// One for each time that the option is given.
  fileprivate var shownLines: [String] {
    guard key.kind == .lines, let value else { return [shownValue ?? "-"] }
    return value.split(separator: ";").map { $0.split(separator: " ").joined(separator: " ") }
  }

  /// The value without what may be a password.
  fileprivate var shownValue: String? {
    guard let value, key.name == "bus", value.contains("@") else { return value }
    return (try? BusLocation(value))?.description ?? "(not shown)"
  }
}
