// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// Finds the largest load that is held: bisection by short runs, then one run of full length that holds,
/// lower after each that does not.
package struct LoadSearch: Sendable {
  /// What a run at some load showed.
  package enum Finding: Sendable {
    case held
    case broken
    /// Nothing can be found like this, such as with a matcher that is wrong.
    case unsound
  }

  /// Bisection ends when the bracket is this narrow, as a share of its top.
  private static let precision = 0.03
  private static let confirmations = 10
  private static let mostRaises = 3

  /// Whether loads are whole numbers.
  package var isWhole: Bool
  /// No load below is tried.
  package var lowest: Double

  package init(isWhole: Bool, lowest: Double) {
    self.isWhole = isWhole
    self.lowest = lowest
  }

  /// The load that a full run held; `nil` if none did.
  ///
  /// - Parameters:
  ///   - top: more than can be held, as far as is known; if it is held all the same, higher ones are tried.
  ///   - attempt: makes a run, of full length if `isFull`. `stepsLeft` is how many short ones may follow.
  package func find(
    below top: Double,
    attempt: (_ load: Double, _ isFull: Bool, _ stepsLeft: Int) async throws -> Finding
  ) async throws -> Double? {
    var top = whole(top, .up)
    var (low, high, raises) = (0.0, top, 0)
    while true {
      // What was measured on a busy machine need not be the most: upwards, where the top holds.
      if low >= 0.9 * top || (isWhole && low >= top - 1), raises < Self.mostRaises {
        raises += 1
        top = whole(top * 1.5, .up)
        high = top
      }
      guard high - low > max(Self.precision * high, isWhole ? 1 : 0) else { break }
      let middle = whole((low + high) / 2, .down)
      if middle < lowest || middle <= low { break }
      let left = Int(log2(max((high - low) / (Self.precision * high), 1)).rounded(.up))
      switch try await attempt(middle, false, left) {
      case .held: low = middle
      case .broken: high = middle
      case .unsound: return nil
      }
    }
    var step = Self.precision
    for _ in 0..<Self.confirmations where low >= lowest && low > 0 {
      switch try await attempt(low, true, 0) {
      case .held: return low
      case .unsound: return nil
      case .broken:
        // Longer after each failure: a machine that has become busy is far from what it held.
        low = isWhole ? min(low - 1, whole(low * (1 - step), .down)) : low * (1 - step)
        step = min(2 * step, 0.5)
      }
    }
    return nil
  }

  private func whole(_ load: Double, _ rule: FloatingPointRoundingRule) -> Double {
    isWhole ? load.rounded(rule) : load
  }
}
