// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Under which circumstances a probe was captured; changes a line's genuine distribution.
package enum CaptureCondition: Codable, Hashable, Sendable {
  /// As the enrolled photo: the line itself.
  case enrolment
  /// A kiosk or webcam: mode lower by .065, and 4 % of captures fail.
  case kiosk
  /// Years between enrolment and capture: mode lower by .004 a year.
  case aged(years: Double)
  /// Mode moved by so much.
  case shifted(by: Double)
  /// Unconstrained photos: mode .835, scale .10, 3.6 % failed, whatever the line (ArcFace on IJB-C).
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
