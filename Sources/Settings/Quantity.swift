// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Numbers as people write them: 1.3 billion, 250k, 90 %, 1/6000, 3 s.
package enum Quantity: Hashable, Sendable {
  /// Things: 1.3 billion, 1.3e9, 250k, 200m, 3,147,436.
  case count
  /// Parts of a whole: 90 %, 0.9, 1/6000, 1 in 6000.
  case share
  /// Seconds: 3 s, 500 ms, 2 minutes.
  case seconds

  /// What a value of this kind looks like, for messages.
  package var example: String {
    switch self {
    case .count: "a count; write one such as 1.3 billion, 1.3e9 or 250k"
    case .share: "a share; write one such as 90 %, 0.9 or 1/6000"
    case .seconds: "a time; write one such as 3 s, 500 ms or 2 minutes"
    }
  }

  /// Powers of ten by unit.
  private var decimals: [String: Int] {
    switch self {
    case .count:
      [
        "k": 3, "thousand": 3, "m": 6, "million": 6, "g": 9, "bn": 9, "billion": 9, "trillion": 12,
      ]
    case .share: ["%": -2, "percent": -2]
    case .seconds:
      [
        "ms": -3, "millisecond": -3, "milliseconds": -3, "s": 0, "sec": 0, "second": 0,
        "seconds": 0,
      ]
    }
  }

  private var factors: [String: Double] {
    guard self == .seconds else { return [:] }
    return ["min": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600]
  }

  /// The number that `text` stands for; `nil` if it is none of this kind. Whether it is in range is for
  /// others to say.
  package func value(of text: String) -> Double? {
    let text = text.trimmingSpaces.lowercased()
    if self == .share, let ratio = ratio(text) { return ratio }
    let unitStart = text.firstIndex { !Self.isNumeral($0) } ?? text.endIndex
    // The e of 1.3e9 is a numeral, and of no unit the first letter.
    let number = String(text[..<unitStart]).trimmingSpaces
    let unit = String(text[unitStart...]).trimmingSpaces
    if unit.isEmpty { return Self.number(number) }
    if let decimals = decimals[unit] {
      // As digits, so that 1.39 billion is a whole number and 90 % is 0.9 to the last bit.
      return Self.number(number, exponent: decimals)
    }
    guard let factor = factors[unit], let value = Self.number(number) else { return nil }
    return value * factor
  }

  private func ratio(_ text: String) -> Double? {
    let parts = text.replacing(" in ", with: "/").split(
      separator: "/", omittingEmptySubsequences: false
    ).map { String($0).trimmingSpaces }
    guard parts.count == 2, let part = Self.number(parts[0]),
      let whole = Quantity.count.value(of: parts[1]), whole != 0
    else { return nil }
    return part / whole
  }

  private static func isNumeral(_ character: Character) -> Bool {
    character.isASCII && (character.isNumber || ".,_+-e ".contains(character))
  }

  private static func number(_ text: String, exponent: Int = 0) -> Double? {
    var text = text.filter { $0 != "_" }
    if text.contains(",") {
      // Only as groups of three: 1,3 is somebody's decimal comma.
      let groups = text.prefix { $0 != "." }.split(separator: ",", omittingEmptySubsequences: false)
      guard groups.dropFirst().allSatisfy({ $0.count == 3 && $0.allSatisfy(\.isNumber) }),
        (1...3).contains(groups[0].count), !text.drop(while: { $0 != "." }).contains(",")
      else { return nil }
      text.removeAll { $0 == "," }
    }
    guard let value = Double(text), value.isFinite else { return nil }
    if exponent == 0 { return value }
    // A number that has an exponent of its own is scaled as it is.
    return Double(text + "e\(exponent)") ?? value * (Double("1e\(exponent)") ?? 1)
  }
}

extension String {
  var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
