// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Traffic

extension DailyRhythm: ExpressibleByArgument {}

/// Events a second, as people write it: 2000/s, 2k/s, 120/min, 5m/h.
struct EventRate: ExpressibleByArgument {
  let perSecond: Double

  init(perSecond: Double) { self.perSecond = perSecond }

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    let seconds = ["s": 1.0, "min": 60, "h": 3600, "day": 86_400]
    guard (1...2).contains(parts.count), let unit = parts.count == 1 ? 1 : seconds[String(parts[1])]
    else { return nil }
    let number = String(parts[0])
    let count = Double(number) ?? Magnitude(argument: number).map { Double($0.value) }
    guard let count, count.isFinite, count > 0 else { return nil }
    perSecond = count / unit
  }

  var defaultValueDescription: String { "\(Int(perSecond))/s" }
}
