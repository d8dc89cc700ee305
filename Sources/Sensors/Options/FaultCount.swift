// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How many frames of a set suffer a fault: a number, or a share of all captures.
package enum FaultCount: Hashable, Sendable, CustomStringConvertible {
  case frames(Int)
  /// 0 ... 100 percent of the set's captures.
  case percent(Double)

  /// Reads `3` or `2.5%`.
  ///
  /// - Throws: `SimulationError` naming `option`.
  package init(_ text: String, option: String) throws(SimulationError) {
    if text.hasSuffix("%"), let share = Double(text.dropLast()) {
      self = .percent(share)
    } else if let count = Int(text) {
      self = .frames(count)
    } else {
      throw SimulationError(
        option, "'\(text)' is neither a number of frames, like 3, nor a share, like 2.5%")
    }
  }

  package var description: String {
    switch self {
    case .frames(let count): "\(count)"
    case .percent(let share): "\(share)%"
    }
  }

  /// Frames out of `total`, a share rounded to the nearest.
  package func count(of total: Int) -> Int {
    switch self {
    case .frames(let count): count
    case .percent(let share): Int((Double(total) * share / 100).rounded())
    }
  }
}

extension FaultCount: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    try self.init(text, option: "fault count")
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
