// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import SystemPackage

struct Bus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at the events on a bus, check them, carry them elsewhere.",
    subcommands: [
      Tail.self, Stats.self, Verify.self, Replay.self, Bridge.self, Forward.self, Consumer.self,
      Retain.self,
    ])

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case json, text
  }
}

/// Reads `--bus`.
enum BusArgument {
  static func location(_ text: String, _ option: String = "--bus") throws -> BusLocation {
    do {
      return try BusLocation(text)
    } catch {
      throw ValidationError("\(option): \(error.message)")
    }
  }

  /// The file of a bus that is one; other buses are no files.
  static func file(_ text: String, _ option: String = "--bus") throws -> FilePath {
    switch try location(text, option) {
    case .sqlite(let path): return path
    case .nats:
      throw ValidationError(
        "\(option): only sqlite:PATH is a log here; `sightline bus forward` carries one to NATS")
    }
  }
}
