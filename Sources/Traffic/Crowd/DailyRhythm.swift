// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// How busy a city is over the day, by UTC.
///
/// Weights by hour, straight lines between them. Two rushes and a quiet night, of the order seen in
/// counts of pedestrians; no measurement supports them further.
package enum DailyRhythm: String, CaseIterable, Hashable, Sendable {
  case city
  /// The same at all times.
  case flat

  /// At the full hours from midnight to midnight.
  private static let hourly = [
    0.18, 0.11, 0.07, 0.06, 0.09, 0.25, 0.72, 1.45, 1.95, 1.45, 1.15, 1.20, 1.45, 1.40, 1.20, 1.25,
    1.55, 2.00, 1.95, 1.50, 1.10, 0.80, 0.52, 0.31, 0.18,
  ]
  private static let hour: Int64 = 3_600_000_000

  /// The weight at a moment.
  func weight(at time: Timestamp) -> Double {
    guard self == .city else { return 1 }
    let inDay = ((time.microseconds % (24 * Self.hour)) + 24 * Self.hour) % (24 * Self.hour)
    let (index, rest) = inDay.quotientAndRemainder(dividingBy: Self.hour)
    let share = Double(rest) / Double(Self.hour)
    return Self.hourly[Int(index)] * (1 - share) + Self.hourly[Int(index) + 1] * share
  }

  /// Whether it is dark: before 6 and from 20 on.
  func isDark(at time: Timestamp) -> Bool {
    guard self == .city else { return false }
    let hour = (time.microseconds / Self.hour) % 24
    return hour < 6 || hour >= 20
  }

  /// The mean weight over a span, by trapezoids of at most a minute.
  func mean(from start: Timestamp, span: Int64) -> Double {
    let steps = max(1, Int64((Double(span) / 60e6).rounded(.up)))
    var sum = 0.0
    for step in 0...steps {
      let weight = weight(at: Timestamp(microseconds: start.microseconds + span / steps * step))
      sum += step == 0 || step == steps ? weight / 2 : weight
    }
    return sum / Double(steps)
  }

  /// The greatest weight within a span, minute by minute.
  func peak(from start: Timestamp, span: Int64) -> Double {
    return stride(from: 0, through: min(span, 24 * Self.hour), by: 60_000_000).reduce(0) {
      max($0, weight(at: Timestamp(microseconds: start.microseconds + $1)))
    }
  }
}
