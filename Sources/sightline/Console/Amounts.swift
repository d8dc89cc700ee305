// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser

/// A number of bytes as people write it: 500mb, 10gb, 2gib, 4096.
struct ByteCount: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    let text = argument.lowercased().filter { $0 != "_" && $0 != " " }
    let units: [(String, Double)] = [
      ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
      ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("b", 1), ("", 1),
    ]
    guard let (suffix, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(suffix.count)), number.isFinite, number > 0,
      number * factor <= 1e15
    else { return nil }
    value = Int(number * factor)
  }
}

/// A length of time as people write it for what is kept: 90s, 15m, 36h, 30d.
struct Age: ExpressibleByArgument {
  let value: Duration

  init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = argument.last, let factor = units[unit],
      let number = Double(argument.dropLast()), number.isFinite, number > 0,
      number * factor <= 3.2e9
    else { return nil }
    value = .microseconds(Int64(number * factor * 1e6))
  }
}

/// A limit that may also be lifted: `none`.
enum Limit<Value: ExpressibleByArgument>: ExpressibleByArgument {
  case none
  case some(Value)

  init?(argument: String) {
    if argument == "none" {
      self = .none
    } else if let value = Value(argument: argument) {
      self = .some(value)
    } else {
      return nil
    }
  }

  var value: Value? {
    if case .some(let value) = self { value } else { nil }
  }
}
