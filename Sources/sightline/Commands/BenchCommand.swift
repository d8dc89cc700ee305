// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure matchers, the whole pipeline and the bus, against the machine's limits.",
    discussion: """
      Vectors from elsewhere, brought in by `sightline gallery import`, may be measured here; a run \
      refuses them.
      """,
    subcommands: [
      Match.self, Pipeline.self, Stages.self, Decode.self, Truth.self, Recall.self, BusSpeed.self,
    ])
}

/// Values with commas between them: 1,8,64.
struct CommaSeparated<Element: Sendable>: Sendable {
  let values: [Element]

  init(_ values: [Element]) { self.values = values }

  /// `nil` unless every part is one that `read` knows, and no part comes twice.
  init?(_ text: String, _ read: (String) -> Element?) where Element: Hashable {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { read(String($0)) }
    guard values.count == parts.count, Set(values).count == values.count else { return nil }
    self.values = values
  }
}

extension CommaSeparated: ExpressibleByArgument where Element == Int {
  init?(argument: String) { self.init(argument) { Int($0) } }
}

/// Seconds, or none at all: 0, 0s, 20ms.
struct SecondsOrZero: ExpressibleByArgument, CustomStringConvertible {
  let value: Double

  init(milliseconds: Double) { value = milliseconds / 1e3 }

  init(_ duration: Duration) { value = duration / .seconds(1) }

  /// To the microsecond.
  var duration: Duration { Seconds(value).duration }

  init?(argument: String) {
    if ["0", "0s", "0ms"].contains(argument) {
      value = 0
    } else if let seconds = Seconds(argument: argument) {
      value = seconds.value
    } else {
      return nil
    }
  }

  var description: String { value < 1 ? "\(Int((value * 1e3).rounded()))ms" : "\(Seconds(value))" }
  var defaultValueDescription: String { description }
}

/// Seconds as people write them: 50ms, 10s, 2.5s, 1m, 1000h.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
  let value: Double

  init(_ value: Double) { self.value = value }

  init(_ duration: Duration) { value = duration / .seconds(1) }

  /// To the microsecond.
  var duration: Duration { .microseconds(Int64((value * 1e6).rounded())) }

  var description: String { "\(value == value.rounded() ? "\(Int(value))" : "\(value)")s" }
  var defaultValueDescription: String { description }

  init?(argument: String) {
    for (suffix, factor) in [("ms", 1e-3), ("us", 1e-6), ("s", 1.0), ("m", 60.0), ("h", 3_600)]
    where argument.hasSuffix(suffix) {
      guard let number = Double(argument.dropLast(suffix.count)), number.isFinite, number > 0,
        number * factor <= 3_600_000
      else { return nil }
      value = number * factor
      return
    }
    return nil
  }
}
