// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation

/// Two accuracy results side by side, and how the second stands to declared limits.
package struct ComparisonReport: Codable, Hashable, Sendable {
  package struct Limit: Codable, Hashable, Sendable {
    package var limit: String
    package var point: String
    package var measured: Double
    package var low: Double?
    package var high: Double?
    package var holds: Bool
    /// Whether the whole interval is on the right side of the bound.
    package var shown: Bool
  }

  package var comparison: AccuracyComparison
  package var limits: [Limit]

  package init(_ comparison: AccuracyComparison, _ findings: [AccuracyLimit.Finding]) {
    self.comparison = comparison
    limits = findings.map {
      Limit(
        limit: $0.limit.description, point: $0.point, measured: $0.measured,
        low: $0.interval?.lowerBound, high: $0.interval?.upperBound, holds: $0.holds,
        shown: $0.isShown)
    }
  }

  package var text: String {
    var blocks = comparison.pairs.map { pair in
      (pair.first == pair.second ? pair.first : "\(pair.first)  ->  \(pair.second)") + "\n"
        + Text.table(
          [["", "first", "second", "difference", "95 % interval", ""]]
            + pair.figures.map { figure in
              [
                figure.name, Self.number(figure.first), Self.number(figure.second),
                Self.signed(figure.difference?.value ?? figure.second - figure.first),
                figure.difference.map { "[\(Self.signed($0.low)), \(Self.signed($0.high))]" }
                  ?? "-",
                figure.change.rawValue,
              ]
            })
    }
    if !comparison.unmatched.isEmpty {
      blocks.append(
        "Only in one\n" + comparison.unmatched.map { "  " + $0 }.joined(separator: "\n"))
    }
    if !limits.isEmpty {
      blocks.append(
        "Limits on the second\n"
          + Text.table(
            limits.map { limit in
              [
                limit.limit, limit.holds ? (limit.shown ? "holds" : "holds, not shown") : "BROKEN",
                Self.number(limit.measured),
                limit.low.flatMap { low in
                  limit.high.map { "[\(Self.number(low)), \(Self.number($0))]" }
                } ?? "-", limit.point,
              ]
            }))
    }
    blocks.append(comparison.notes.joined(separator: "\n"))
    return blocks.joined(separator: "\n\n")
  }

  private static func number(_ value: Double) -> String { AccuracyReport.rate(value) }

  private static func signed(_ value: Double) -> String {
    value == 0 ? "0" : (value > 0 ? "+" : "-") + AccuracyReport.rate(value.magnitude)
  }
}
