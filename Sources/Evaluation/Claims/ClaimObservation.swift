// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What was counted where a system was really used, or measured in a trial of it.
package struct ClaimObservation: Codable, Hashable, Sendable {
  /// What is compared; the population model knows faces only.
  package enum Trait: String, CaseIterable, Codable, Hashable, Sendable { case face, other }

  package var trait = Trait.face
  /// Faces searched.
  package var faces: Int?
  /// Alerts given, and those of them that named the wrong person.
  package var alerts: Int?
  package var falseAlerts: Int?
  /// Share of searched faces of people not listed that gave an alert, on a gallery of the claim's size.
  package var falseAlertRate: Double?
  /// Share of searched faces of listed people that gave none.
  package var missRate: Double?

  package init() {}

  /// The wrong of all faces searched, and the wrong of all alerts: the two denominators.
  package var perFace: Proportion? {
    guard let falseAlerts, let faces else { return nil }
    return Proportion(falseAlerts, of: faces)
  }

  package var perAlert: Proportion? {
    guard let falseAlerts, let alerts else { return nil }
    return Proportion(falseAlerts, of: alerts)
  }

  func check() throws(EvaluationError) {
    let bad = { (words: String) in EvaluationError(.badClaim, "observed." + words) }
    for (name, count) in [("faces", faces), ("alerts", alerts), ("false-alerts", falseAlerts)] {
      if let count, !(0...1_000_000_000_000_000).contains(count) {
        throw bad("\(name): give a count from 0 to 1e15")
      }
    }
    if let falseAlerts, let alerts, falseAlerts > alerts {
      throw bad("false-alerts: \(falseAlerts) of \(alerts) alerts cannot be; correct one of them")
    }
    if let alerts, let faces, alerts > faces {
      throw bad("alerts: \(alerts) of \(faces) faces cannot be; correct one of them")
    }
    if let falseAlerts, let faces, falseAlerts > faces {
      throw bad("false-alerts: \(falseAlerts) of \(faces) faces cannot be; correct one of them")
    }
    if falseAlerts != nil, alerts == nil, faces == nil {
      throw bad("false-alerts: of what? give alerts, faces or both")
    }
    if let falseAlertRate, !(falseAlertRate > 0 && falseAlertRate < 1) {
      throw bad("false-alert-rate: give a rate between 0 and 1, such as 1/6000")
    }
    if let missRate, !(0...1).contains(missRate) {
      throw bad("miss-rate: give a rate from 0 to 1, such as 0.035 %")
    }
  }
}
