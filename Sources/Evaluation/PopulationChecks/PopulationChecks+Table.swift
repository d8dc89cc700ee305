// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// `value` with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, value.magnitude < 1e9 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int64((value.magnitude * scale).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + "\(scaled)" }
  let digits = String(scaled)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

extension PopulationCheck {
  /// Cells of a table: number, check, expected, tolerance, measured, outcome.
  package var row: [String] {
    let name = { (figure: Figure) in figures.count > 1 ? figure.label + " " : "" }
    let all = { (cell: (Figure) -> String) in figures.map(cell).joined(separator: "; ") }
    return [
      "\(number)", title + (note.map { " (\($0))" } ?? ""),
      all { name($0) + fixed($0.expected, $0.decimals) },
      all { "\(fixed($0.low, $0.decimals)) to \(fixed($0.high, $0.decimals))" },
      all { fixed($0.measured, $0.decimals) },
      passed.map { $0 ? "passed" : "FAILED" } ?? "not run",
    ]
  }
}

extension PopulationChecks {
  package static let columns = ["#", "check", "expected", "tolerance", "measured", "outcome"]

  /// A table in Markdown.
  package static func markdown(_ checks: [PopulationCheck]) -> String {
    let lines = [columns, columns.map { _ in "---" }] + checks.map(\.row)
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// A few lines a check, for a terminal.
  package static func text(_ checks: [PopulationCheck]) -> String {
    checks.map { check in
      let outcome = check.passed.map { $0 ? "passed" : "FAILED" } ?? "not run"
      let number = (check.number < 10 ? " " : "") + "\(check.number)"
      let figures = check.figures.map { figure in
        "\n      \(figure.label): \(fixed(figure.measured, figure.decimals)), expected "
          + "\(fixed(figure.expected, figure.decimals)), allowed "
          + "\(fixed(figure.low, figure.decimals)) to \(fixed(figure.high, figure.decimals))"
      }
      return "\(number)  \(outcome)  \(check.title)" + figures.joined()
        + (check.note.map { "\n      (\($0))" } ?? "")
    }.joined(separator: "\n")
  }
}
