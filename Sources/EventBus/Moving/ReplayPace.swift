// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How fast recorded events are told again.
package enum ReplayPace: Hashable, Sendable, CustomStringConvertible {
  /// As fast as they are taken.
  case instant
  /// So many times as fast as they happened.
  case factor(Double)

  /// Reads `original`, `instant`, or a factor such as `4x` or `0.5x`; `nil` for anything else.
  package init?(_ text: String) {
    switch text {
    case "original": self = .factor(1)
    case "instant": self = .instant
    default:
      guard text.hasSuffix("x"), let factor = Double(text.dropLast()), factor.isFinite,
        (0.001...1_000_000).contains(factor)
      else { return nil }
      self = .factor(factor)
    }
  }

  package var description: String {
    switch self {
    case .instant: "instant"
    case .factor(let factor): factor == 1 ? "original" : "\(factor)x"
    }
  }

  /// When an event is due that happened `microseconds` after the first; `nil` for at once.
  func due(after microseconds: Int64) -> Duration? {
    switch self {
    case .instant: nil
    case .factor(let factor):
      microseconds <= 0 ? nil : .nanoseconds(Int64(Double(microseconds) * 1000 / factor))
    }
  }
}
