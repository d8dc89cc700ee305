// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// One comparison in the four- or five-column text format of biometric toolkits (bob.bio.base):
/// `claimed_id [model_label] real_id test_label score`, one a line.
package struct ScoreColumns: Hashable, Sendable {
  /// The identity enrolled.
  package var claimed: String
  /// Which of its templates; five columns where it is given.
  package var model: String?
  /// The identity that the probe shows.
  package var real: String
  /// Which probe.
  package var label: String
  package var score: Float

  package init(claimed: String, model: String? = nil, real: String, label: String, score: Float) {
    self.claimed = claimed
    self.model = model
    self.real = real
    self.label = label
    self.score = score
  }

  /// The line, without its end. Fields must be neither empty nor hold white space; the score is in the
  /// shortest form that reads back exactly.
  package var line: String {
    ([claimed] + (model.map { [$0] } ?? []) + [real, label, "\(score)"]).joined(separator: " ")
  }

  /// Lines with their ends.
  package static func text(_ rows: [ScoreColumns]) -> String {
    rows.map { $0.line + "\n" }.joined()
  }

  /// `nil` for a line that has neither four nor five fields, or no number last.
  package init?(line: Substring) {
    let fields = line.split(separator: " ").map(String.init)
    guard fields.count == 4 || fields.count == 5, let score = Float(fields[fields.count - 1]) else {
      return nil
    }
    let five = fields.count == 5
    self.init(
      claimed: fields[0], model: five ? fields[1] : nil, real: fields[five ? 2 : 1],
      label: fields[five ? 3 : 2], score: score)
  }
}
