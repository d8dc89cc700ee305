// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Settings

/// A bound on a figure of a result, such as `p99 < 200ms`, declared before the result is there.
package struct ResultLimit: Hashable, Sendable, CustomStringConvertible {
  package enum Relation: String, CaseIterable, Sendable {
    // Longest first, so that none is taken for another's beginning.
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case below = "<"
    case above = ">"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .equal: value == bound
      case .below: value < bound
      case .above: value > bound
      }
    }
  }

  package let measure: ResultMeasure
  package let relation: Relation
  /// Seconds, a share or a plain number.
  package let bound: Double
  /// The bound as it was written.
  private let words: String

  package var description: String { "\(measure.rawValue) \(relation.rawValue) \(words)" }

  /// - Throws: `PipelineError` with code `badLimit`, one line.
  package init(_ text: String) throws(PipelineError) {
    guard let relation = Relation.allCases.first(where: { text.contains($0.rawValue) }),
      let range = text.firstRange(of: relation.rawValue)
    else {
      throw PipelineError(.badLimit, "'\(text)' is no limit; write one such as 'p99 < 200ms'")
    }
    func trimmed(_ part: Substring) -> String {
      part.split(separator: " ").joined(separator: " ")
    }
    let name = trimmed(text[..<range.lowerBound])
    guard let measure = ResultMeasure(rawValue: name) else {
      throw PipelineError(
        .badLimit,
        "unknown measure '\(name)'"
          + Suggestion.words(name, of: ResultMeasure.allCases.map(\.rawValue)))
    }
    let words = trimmed(text[range.upperBound...])
    let value = measure.quantity.map { $0.value(of: words) } ?? Double(words)
    guard let bound = value, bound.isFinite else {
      throw PipelineError(
        .badLimit, "'\(text)': '\(words)' is not \(measure.quantity?.example ?? "a number")")
    }
    guard measure.quantity != .seconds || bound == 0 || Double(words) == nil else {
      throw PipelineError(
        .badLimit, "'\(text)': \(words) of what? write a unit, such as \(words) ms")
    }
    self.measure = measure
    self.relation = relation
    self.bound = bound
    self.words = words
  }

  /// How a result stands to a limit.
  package struct Finding: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable {
      case holds, broken
      /// The result has no such figure, as the latency of no event: nothing is shown, so it is not met.
      case unmeasured
    }

    package var limit: String
    package var outcome: Outcome
    /// Seconds, a share or a plain number; absent where there was nothing to measure it by.
    package var measured: Double?

    /// Only what was shown to hold is.
    package var isMet: Bool { outcome == .holds }
  }

  /// Holds the limit against a result's figures, which lack what there was nothing to measure by.
  package func finding(_ figures: [ResultMeasure: Double]) -> Finding {
    guard let figure = figures[measure] else {
      return Finding(limit: description, outcome: .unmeasured, measured: nil)
    }
    let holds = relation.holds(figure, bound)
    return Finding(limit: description, outcome: holds ? .holds : .broken, measured: figure)
  }
}

extension [ResultLimit] {
  /// Refuses limits on what is never measured: nothing could come of them.
  ///
  /// - Parameters:
  ///   - measures: all that `command` measures.
  ///   - command: as a user types it.
  /// - Throws: `PipelineError` with code `badLimit`, one line.
  package func check(
    measures: [ResultMeasure], of command: String
  ) throws(PipelineError) {
    guard let strange = first(where: { !measures.contains($0.measure) }) else { return }
    throw PipelineError(
      .badLimit,
      "'\(strange)': \(command) does not measure '\(strange.measure.rawValue)'; leave it out, or name one "
        + "of: \(measures.map(\.rawValue).joined(separator: ", "))")
  }
}
