// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A moment in microseconds since 1970-01-01T00:00:00Z, without leap seconds; printed as RFC 3339.
package struct Timestamp: Hashable, Sendable {
  package let microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// How long after `other` this is; negative when it is before.
  package func since(_ other: Timestamp) -> Duration {
    .microseconds(microseconds - other.microseconds)
  }

  /// This moment moved by `duration`, rounded towards zero to microseconds.
  package func advanced(by duration: Duration) -> Timestamp {
    Timestamp(microseconds: microseconds + duration.wholeMicroseconds)
  }
}

extension Timestamp: Comparable {
  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }
}

extension Duration {
  /// The duration in microseconds, rounded towards zero.
  package var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}

// RFC 3339 has four digits for the year, so years 0 to 9999 can be told; others are a programmer's error.
extension Timestamp: CustomStringConvertible {
  private static let perDay: Int64 = 86_400_000_000

  /// `YYYY-MM-DDTHH:MM:SS.ffffffZ`: always UTC, always six decimals, so that text sorts as time does.
  package var description: String {
    var out = JSONWriter(capacity: 27)
    out.raw(self)
    return String(decoding: out.bytes, as: UTF8.self)
  }

  /// Days since 1970, and microseconds of that day.
  var dayAndRest: (day: Int64, rest: Int64) {
    let day = microseconds.flooringDivided(by: Self.perDay)
    return (day, microseconds - day * Self.perDay)
  }

  /// The date that is `day` days after 1970-01-01.
  static func date(of day: Int64) -> (year: Int64, month: Int64, date: Int64) {
    let (year, month, date) = civil(day)
    precondition((0...9999).contains(year), "RFC 3339 has no year \(year)")
    return (year, month, date)
  }

  /// Reads RFC 3339 in UTC (`Z`) with up to nine decimals, of which six count; `nil` for anything else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    func sign(_ at: Int, _ wanted: Unicode.Scalar) -> Bool {
      at < bytes.count && bytes[at] == UInt8(ascii: wanted)
    }
    guard let year = number(0..<4), sign(4, "-"), let month = number(5..<7), sign(7, "-"),
      let date = number(8..<10), sign(10, "T"), let hour = number(11..<13), sign(13, ":"),
      let minute = number(14..<16), sign(16, ":"), let second = number(17..<19), hour < 24,
      minute < 60, second < 60, sign(bytes.count - 1, "Z")
    else { return nil }
    var fraction: Int64 = 0
    if bytes.count > 20 {
      let digits = bytes.count - 21
      guard sign(19, "."), (1...9).contains(digits), var value = number(20..<(20 + digits)) else {
        return nil
      }
      for _ in 0..<max(0, 6 - digits) { value *= 10 }
      for _ in 0..<max(0, digits - 6) { value /= 10 }
      fraction = value
    }
    guard let day = Self.day(year, month, date) else { return nil }
    let seconds = hour * 3600 + minute * 60 + second
    microseconds = day * Self.perDay + seconds * 1_000_000 + fraction
  }

  /// Days before the first of each month, in a year that begins on 1 March and so ends with February.
  private static let beforeMonth: [Int64] = [
    0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337,
  ]
  /// From 1 March of year 0 to 1 January 1970, in the proleptic Gregorian calendar.
  private static let epoch: Int64 = 719_468

  /// The date that is `day` days after 1970-01-01. Years are counted from March, which puts the leap
  /// day last, where it disturbs nothing.
  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, date: Int64) {
    let sinceMarch = day + epoch
    let era = sinceMarch.flooringDivided(by: 146_097)  // days in 400 years
    let inEra = sinceMarch - era * 146_097
    let century = min(inEra / 36_524, 3)  // the fourth century has one day more
    let inCentury = inEra - century * 36_524
    let four = inCentury / 1461
    let inFour = inCentury - four * 1461
    let single = min(inFour / 365, 3)  // the fourth year has one day more
    let inYear = inFour - single * 365
    let year = era * 400 + century * 100 + four * 4 + single
    let index = beforeMonth.lastIndex { $0 <= inYear } ?? 0
    let date = inYear - beforeMonth[index] + 1
    return index < 10 ? (year, Int64(index) + 3, date) : (year + 1, Int64(index) - 9, date)
  }

  /// Days from 1970-01-01 to the date; `nil` when there is no such date.
  private static func day(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64? {
    guard (1...12).contains(month), (1...31).contains(date) else { return nil }
    let index = Int(month + 9) % 12
    let marchYear = index < 10 ? year : year - 1
    let leaps =
      marchYear.flooringDivided(by: 4) - marchYear.flooringDivided(by: 100)
      + marchYear.flooringDivided(by: 400)
    let day = marchYear * 365 + leaps + beforeMonth[index] + date - 1 - epoch
    // 30 February would come out as some day in March.
    return civil(day) == (year, month, date) ? day : nil
  }
}

extension Int64 {
  fileprivate func flooringDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a time is RFC 3339 in UTC, not \(text)")
    }
    self = time
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
