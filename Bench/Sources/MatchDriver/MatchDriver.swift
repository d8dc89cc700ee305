// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation

/// Our side of `Bench/peers`: holds the galleries and obeys one-line commands, one JSON line each.
///
///     match-driver export --size 1e6 --probes 2048 --out FOLDER
///     match-driver serve --size 1e6 --probes FOLDER/probes.fbin
///
/// Commands on standard input: `facts`, `prepare MATCHER`, `drop`,
/// `search MATCHER THREADS BATCH K FIRST REPEATS`, `ids MATCHER THREADS BATCH K FIRST COUNT FILE`.
@main struct MatchDriver {
  static func main() async {
    do {
      let arguments = try Arguments(CommandLine.arguments)
      switch arguments.mode {
      case .export: try VectorExport(arguments).write()
      case .serve: try await serve(arguments)
      }
    } catch {
      tell("match-driver: \(error)")
      exit(error is DriverError ? 2 : 1)
    }
  }

  /// A command that cannot be carried out is answered with `{"error": ...}`; the next may still be.
  static func serve(_ arguments: Arguments) async throws {
    let desk = try Desk(arguments)
    while let line = readLine() {
      if line.isEmpty { continue }
      var answer: Data
      do {
        answer = try await desk.answer(Command(line))
      } catch {
        answer = try JSONEncoder().encode(["error": "\(error)"])
      }
      answer.append(UInt8(ascii: "\n"))
      try FileHandle.standardOutput.write(contentsOf: answer)
    }
  }
}

/// A command or option that makes no sense.
struct DriverError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// `--size 1e6 --seed 1 --probes 2048|FILE --out FOLDER`
struct Arguments {
  enum Mode: String { case export, serve }

  let mode: Mode
  var size = 100_000
  var seed: UInt64 = 1
  var probes = ""
  var out = "."

  init(_ words: [String]) throws {
    guard words.count > 1, let mode = Mode(rawValue: words[1]) else {
      throw DriverError("the first word is export or serve")
    }
    self.mode = mode
    var rest = words.dropFirst(2)
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw DriverError("\(name) needs a value") }
      switch name {
      case "--size":
        guard let number = Double(value), number >= 1, number <= 1e8 else {
          throw DriverError("--size is from 1 to 1e8, not \(value)")
        }
        size = Int(number)
      case "--seed":
        guard let number = UInt64(value) else { throw DriverError("--seed is a whole number") }
        seed = number
      case "--probes": probes = value
      case "--out": out = value
      default: throw DriverError("there is no option \(name)")
      }
    }
  }
}

/// A line to standard error.
func tell(_ line: String) {
  try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
}
