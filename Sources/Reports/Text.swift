// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Numbers and tables as people read them.
package enum Text {
  /// `value` with a fixed number of decimals and no locale.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let whole = Int64(scaled / scale)
    guard decimals > 0 else { return sign + "\(whole)" }
    let digits = String(Int64(scaled) - whole * Int64(scale))
    return sign + "\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
  }

  /// Milliseconds with three significant digits or so.
  package static func milliseconds(_ value: Double) -> String {
    fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3)
  }

  /// A rate: up to six decimals where they say something, else scientific.
  package static func rate(_ value: Double) -> String {
    guard value > 0, value < 0.0001 else {
      var text = fixed(value, 6)
      while text.last == "0" { text.removeLast() }
      return text.last == "." ? text + "0" : text
    }
    var exponent = 0
    var mantissa = value
    while mantissa < 1, exponent > -300 {
      mantissa *= 10
      exponent -= 1
    }
    return fixed(mantissa, 1) + "e\(exponent)"
  }

  /// A count with thin groups of three: 100,000.
  package static func count(_ value: Int) -> String {
    var out = ""
    for (index, digit) in String(abs(value)).reversed().enumerated() {
      if index > 0, index % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return (value < 0 ? "-" : "") + String(out.reversed())
  }

  /// Bytes in binary units.
  package static func bytes(_ value: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var amount = Double(value)
    var unit = 0
    while amount >= 1024, unit < units.count - 1 {
      amount /= 1024
      unit += 1
    }
    return (unit == 0 ? "\(value)" : fixed(amount, amount >= 100 ? 0 : 1)) + " " + units[unit]
  }

  /// Rows in columns two spaces apart; the first column to the left, the others to the right.
  package static func table(_ rows: [[String]], indent: String = "  ") -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + padding : "  " + padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
