// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

// Rough numbers for people who read a page, not a table.
extension Text {
  /// Two or three digits and a word: 24 billion, 1.3 million, 41,000, 312, 0.42.
  package static func amount(_ value: Double) -> String {
    guard value > 0, value < 1e18 else { return "\(value)" }
    for (scale, word) in [(1e12, " trillion"), (1e9, " billion"), (1e6, " million")]
    where significant(value) >= scale {
      return plain(value / scale) + word
    }
    return plain(value)
  }

  /// 84, 9.1, 0.042 or 41,000: two digits, three from 100 on.
  static func plain(_ value: Double) -> String {
    guard value > 0, value < 1e18 else { return fixed(value, 0) }
    let rounded = significant(value)
    if rounded >= 10 { return count(Int(rounded)) }
    let decimals = max(1, 1 - Int(log10(rounded).rounded(.down)))
    var text = fixed(rounded, min(decimals, 15))
    if text.hasSuffix(".0") { text.removeLast(2) }
    return text
  }

  private static func significant(_ value: Double) -> Double {
    guard value > 0 else { return value }
    let digits = value >= 100 ? 3.0 : 2.0
    let scale = pow(10, digits - 1 - log10(value).rounded(.down))
    return (value * scale).rounded() / scale
  }

  /// A share in percent, with two digits of what is there or of what is missing, whichever is less: a
  /// little is never `0 %` and nearly all is never `100 %`.
  package static func percent(_ share: Double) -> String {
    percentDigits(share) + " %"
  }

  /// A span of shares in percent, without the sign. Of shares above a half both ends have the decimals
  /// of the coarser one, unless that makes them the same.
  static func percentSpan(_ low: Double, _ high: Double) -> String {
    let (first, last) = (percentDigits(low), percentDigits(high))
    if low > 0.5, !first.hasPrefix(">"), !last.hasPrefix(">") {
      let decimals = [first, last].map { $0.drop { $0 != "." }.dropFirst().count }.min() ?? 0
      let (coarse, fine) = (fixed(100 * low, decimals), fixed(100 * high, decimals))
      if coarse != fine { return coarse + "-" + fine }
    }
    return span(first, last, "-")
  }

  static func percentDigits(_ share: Double) -> String {
    let rest = min(share, 1 - share)
    if share > 0.9999, share < 1 { return ">99.99" }
    guard rest > 0, rest < 0.1 else { return fixed(100 * share, 0) }
    let decimals = -1 - Int(log10(rest * 1.000_001).rounded(.down))
    return fixed(100 * share, min(decimals, 13))
  }

  /// `3`, `2 to 4`, or `1.5 to 2 billion`: what both have in common is said once.
  static func span(_ low: String, _ high: String, _ between: String = " to ") -> String {
    if low == high { return low }
    guard let space = low.lastIndex(of: " "), let other = high.lastIndex(of: " "),
      low[space...] == high[other...]
    else { return low + between + high }
    return low[..<space] + between + high
  }

  /// `1 in 333`, from a rate.
  package static func oneIn(_ rate: Double) -> String {
    "1 in " + (rate > 0 ? plainOrAmount(1 / rate) : "infinity")
  }

  private static func plainOrAmount(_ value: Double) -> String {
    value < 1e6 ? plain(value) : amount(value)
  }

  /// Bytes in decimal units, as memory for machines is bought.
  static func decimalBytes(_ value: Double) -> String {
    for (scale, unit) in [(1e18, "EB"), (1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")]
    where value >= scale {
      return plain(value / scale) + " " + unit
    }
    return plain(value / 1e3) + " kB"
  }

  /// Words in lines of at most `width` letters, with `indent` before each.
  static func paragraph(_ words: String, width: Int = 100, indent: String = "  ") -> String {
    var lines: [String] = []
    var line = indent
    for word in words.split(separator: " ") {
      if line.count > indent.count, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent
      }
      line += (line.count > indent.count ? " " : "") + word
    }
    if line.count > indent.count { lines.append(line) }
    return lines.joined(separator: "\n")
  }
}
