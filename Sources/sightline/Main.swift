// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import Settings

/// How the program ends; documented in the README and in `sightline --help`.
enum ExitStatus {
  static let success: Int32 = 0
  static let failure: Int32 = 1
  static let usage: Int32 = 2
  static let limitBroken: Int32 = 99
  static let interrupted: Int32 = 130
}

@main
enum Main {
  static func main() async {
    // Who reads our words may go away, and the work goes on. A reader of data that goes away (`sightline bus
    // tail | head`) ends us quietly, as it does other tools: see `Console.endIfUnread`.
    signal(SIGPIPE, SIG_IGN)
    var line: ScenarioArguments?
    do {
      let scenario = try ScenarioArguments(
        Array(CommandLine.arguments.dropFirst()),
        environment: ProcessInfo.processInfo.environment)
      line = scenario
      let digest = scenario.settings.isEmpty ? nil : scenario.settings.digest.hex
      try await ScenarioArguments.$settingsDigest.withValue(digest) {
        try await run(scenario.arguments)
      }
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch let error as SettingsError {
      Console.error("sightline: \(error)")
      exit(ExitStatus.usage)
    } catch {
      finish(error, line)
    }
  }

  private static func run(_ arguments: [String]) async throws {
    var command = try Sightline.parseAsRoot(arguments)
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  /// Prints what went wrong, or the help that was asked for, and exits with the documented status.
  private static func finish(_ error: any Error, _ line: ScenarioArguments?) -> Never {
    switch Sightline.exitCode(for: error) {
    case .success:  // --help, --version
      print(Sightline.fullMessage(for: error))
      exit(ExitStatus.success)
    case .validationFailure:
      let message = Sightline.fullMessage(for: error)
      Console.error(line?.located(message) ?? message)
      exit(ExitStatus.usage)
    default:
      Console.error("sightline: \(error)")
      exit(ExitStatus.failure)
    }
  }
}
