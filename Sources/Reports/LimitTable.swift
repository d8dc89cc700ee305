// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline

/// How a result stands to the limits that were declared for it.
package struct LimitTable: Sendable {
  private let findings: [ResultLimit.Finding]

  package init(_ findings: [ResultLimit.Finding]?) { self.findings = findings ?? [] }

  /// Whether all of them were shown to hold.
  package var isMet: Bool { findings.allSatisfy(\.isMet) }

  /// `nil` where no limit was declared.
  package var text: String? {
    guard !findings.isEmpty else { return nil }
    let rows = findings.map { finding in
      let words =
        switch finding.outcome {
        case .holds: "holds"
        case .broken: "BROKEN"
        case .unmeasured: "NOT MET: nothing to measure it by"
        }
      return [finding.limit, finding.measured.map { Self.number($0, finding) } ?? "-", words]
    }
    return Text.table([["limit", "measured", ""]] + rows)
  }

  private static func number(_ value: Double, _ finding: ResultLimit.Finding) -> String {
    if (try? ResultLimit(finding.limit))?.measure.isTime == true {
      return Text.milliseconds(value * 1e3) + " ms"
    }
    return Int(exactly: value).map { Text.count($0) } ?? Text.rate(value)
  }
}
