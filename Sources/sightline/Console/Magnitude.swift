// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser

/// A count as people write it: 250000, 250k, 1.5m, 2g.
struct Magnitude: ExpressibleByArgument, CustomStringConvertible {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(argument: String) {
    var digits = argument.filter { $0 != "_" }
    var factor = 1.0
    if let suffix = digits.last?.lowercased(), let known = ["k": 1e3, "m": 1e6, "g": 1e9][suffix] {
      factor = known
      digits.removeLast()
    }
    guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
    let scaled = number * factor
    // A part of a thing, or more than any machine could hold, is a slip of the pen.
    guard scaled <= 1e15, scaled == scaled.rounded() else { return nil }
    value = Int(scaled)
  }

  var description: String { "\(value)" }
  var defaultValueDescription: String { description }
}
