// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// Finds the largest load that is held: bisection by short runs, then one run of full length that holds,
/// lower after each that does not.
///
/// A run that shows nothing is made again, a few times. A load that short runs never judge counts as broken, so that
/// the search goes on; it is told where the answer rests on it. One that full runs never judge ends the search.
package struct LoadSearch: Sendable {
  /// What a run at some load showed.
  package enum Finding: Sendable {
    case held
    case broken
    /// Nothing, such as where the generator of load was late itself.
    case unjudged
    /// Nothing can be found like this, such as with a matcher that is wrong.
    case unsound
  }

  /// Bisection ends when the bracket is this narrow, as a share of its top.
  private static let precision = 0.03
  private static let confirmations = 10
  private static let mostRaises = 8
  /// Runs at one load until one of them shows something.
  package static let mostTries = 3

  /// What a search came to.
  package struct Found: Hashable, Sendable {
    /// The load that a full run held; `nil` if none did.
    package var load: Double?
    /// The next load up, if no run at that one showed anything, or none was made: then the most that is held is not
    /// known.
    package var unjudged: Double?
  }

  /// Whether loads are whole numbers.
  package var isWhole: Bool
  /// No load below is tried.
  package var lowest: Double

  package init(isWhole: Bool, lowest: Double) {
    self.isWhole = isWhole
    self.lowest = lowest
  }

  /// Makes runs until the largest load is found. O(log(top / precision)) runs.
  ///
  /// - Parameters:
  ///   - top: more than can be held, as far as is known; if it is held all the same, higher ones are tried.
  ///   - attempt: makes a run, of full length if `isFull`. `stepsLeft` is how many short ones may follow.
  package func find(
    below top: Double,
    attempt: (_ load: Double, _ isFull: Bool, _ stepsLeft: Int) async throws -> Finding
  ) async throws -> Found {
    var top = whole(top, .up)
    var judgements: [(load: Double, isJudged: Bool)] = []
    func judge(_ load: Double, isFull: Bool, _ stepsLeft: Int) async throws -> Finding {
      for _ in 0..<Self.mostTries {
        let finding = try await attempt(load, isFull, stepsLeft)
        if finding == .broken { judgements.append((load, true)) }
        if finding != .unjudged { return finding }
      }
      judgements.append((load, false))
      return .unjudged
    }
    /// The load that was found, and the next one up if that was never judged, or never tried.
    func found(_ load: Double) -> Found {
      let above = judgements.filter { $0.load > load }
      let next = above.map(\.load).min() ?? top
      let isJudged = above.contains { $0.load == next && $0.isJudged }
      return Found(load: load, unjudged: isJudged ? nil : next)
    }
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
      switch try await judge(middle, isFull: false, left) {
      case .held: low = middle
      case .broken, .unjudged: high = middle
      case .unsound: return Found()
      }
    }
    var step = Self.precision
    for _ in 0..<Self.confirmations where low >= lowest && low > 0 {
      switch try await judge(low, isFull: true, 0) {
      case .held: return found(low)
      case .unsound: return Found()
      // A lower one that holds would not be the most either.
      case .unjudged: return Found(unjudged: low)
      case .broken:
        // Longer after each failure: a machine that has become busy is far from what it held.
        low = isWhole ? min(low - 1, whole(low * (1 - step), .down)) : low * (1 - step)
        step = min(2 * step, 0.5)
      }
    }
    return Found(
      unjudged: judgements.contains(where: \.isJudged) ? nil : judgements.map(\.load).min())
  }

  private func whole(_ load: Double, _ rule: FloatingPointRoundingRule) -> Double {
    isWhole ? load.rounded(rule) : load
  }
}
