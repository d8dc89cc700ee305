// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Under which circumstances a probe was captured; changes a line's genuine distribution.
/// A shift moves the mean of Gaussian scores as it moves the mode of Gumbel ones.
package enum CaptureCondition: Codable, Hashable, Sendable {
  /// As the enrolled photo: the line itself.
  case enrolment
  /// A kiosk or webcam: mode lower by .065, and 4 % of captures fail.
  case kiosk
  /// Years between enrolment and capture: mode lower by .004 a year.
  case aged(years: Double)
  /// Mode moved by so much.
  case shifted(by: Double)
  /// Unconstrained photos: Gumbel with mode .835 and scale .10, 3.6 % failed, whatever the line and its
  /// shape (ArcFace on IJB-C).
  case unconstrained

  /// The line's genuine distribution under this condition.
  package func genuine(_ line: QualityLine) -> GenuineDistribution {
    var genuine = line.genuine
    switch self {
    case .enrolment: break
    case .kiosk:
      genuine.mode -= 0.065
      genuine.failureRate = 0.04
    case .aged(let years): genuine.mode -= 0.004 * years
    case .shifted(let amount): genuine.mode += amount
    case .unconstrained:
      genuine = GenuineDistribution(mode: 0.835, scale: 0.10, failureRate: 0.036)
    }
    return genuine
  }
}

extension CaptureCondition: CustomStringConvertible {
  /// As the command line takes it.
  package var description: String {
    switch self {
    case .enrolment: "enrolment"
    case .kiosk: "kiosk"
    case .aged(let years): "aged:\(years)"
    case .shifted(let amount): "shifted:\(amount)"
    case .unconstrained: "unconstrained"
    }
  }

  /// The condition of this description; `nil` for none, such as more than 100 years.
  package init?(_ description: String) {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false)
    let number = parts.count == 2 ? Double(parts[1]) : nil
    switch (parts[0], parts.count, number) {
    case ("enrolment", 1, _): self = .enrolment
    case ("kiosk", 1, _): self = .kiosk
    case ("unconstrained", 1, _): self = .unconstrained
    case ("aged", 2, let years?) where (0...100).contains(years): self = .aged(years: years)
    case ("shifted", 2, let amount?) where (-1...1).contains(amount): self = .shifted(by: amount)
    default: return nil
    }
  }
}
