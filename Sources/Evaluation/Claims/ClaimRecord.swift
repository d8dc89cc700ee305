// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population

/// What was observed, with both denominators, and carried over to other gallery sizes.
package struct ClaimRecord: Codable, Hashable, Sendable {
  /// A rate from counts. With no event the rate says nothing, and the bound all: 3 / trials.
  package struct Rate: Codable, Hashable, Sendable {
    package let count: Int
    package let trials: Int
    package let rate: Double?
    /// 95 % Wilson interval.
    package let low: Double
    package let high: Double

    init(_ proportion: Proportion) {
      count = proportion.count
      trials = proportion.trials
      rate = proportion.rate
      // Rule of three: it is the exact one-sided bound of no event, and Wilson's is looser.
      (low, high) =
        proportion.count == 0 && proportion.trials > 0
        ? (0, min(1, 3 / Double(proportion.trials)))
        : (proportion.interval.lowerBound, proportion.interval.upperBound)
    }
  }

  /// An observed false alert rate at another gallery size, with the threshold left where it was.
  package struct Carried: Codable, Hashable, Sendable {
    /// Wrong names a face, and the share of faces that get one or more.
    package struct Names: Codable, Hashable, Sendable {
      package let perFace: Double
      package let facesNamed: Double
    }

    package let gallerySize: Int
    /// As if all comparisons were alike and independent.
    package let independent: Names
    /// As the population model has it, where some people resemble many; `nil` for other traits than
    /// faces.
    package let population: Names?
  }

  package let perFace: Rate?
  package let perAlert: Rate?
  /// Alerts that were right, where counts tell.
  package let rightAlerts: Int?
  package let falseAlertRate: Double?
  package let missRate: Double?
  /// FMR of one comparison that the false alert rate implies, if comparisons are independent.
  package let impliedFMR: Double?
  package let carried: [Carried]

  init(_ observed: ClaimObservation, of claim: Claim, model: ImpostorModel) {
    perFace = observed.perFace.map(Rate.init)
    perAlert = observed.perAlert.map(Rate.init)
    rightAlerts =
      if let alerts = observed.alerts, let wrong = observed.falseAlerts { alerts - wrong } else {
        nil
      }
    falseAlertRate = observed.falseAlertRate
    missRate = observed.missRate
    guard let rate = observed.falseAlertRate, let size = claim.gallerySize else {
      impliedFMR = nil
      carried = []
      return
    }
    let fmr = -expm1(log1p(-rate) / Double(size))
    impliedFMR = fmr
    let threshold = model.threshold(fpir: rate, gallerySize: size)
    carried = claim.scaleTo.map { other in
      let count = Double(other)
      return Carried(
        gallerySize: other,
        independent: .init(
          perFace: count * fmr, facesNamed: -expm1(count * log1p(-fmr))),
        population: observed.trait == .face
          ? .init(
            perFace: count * model.fmr(at: threshold),
            facesNamed: model.fpir(threshold: threshold, gallerySize: other)) : nil)
    }
  }
}
