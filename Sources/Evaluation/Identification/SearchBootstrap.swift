// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// Percentile bootstrap over probe subjects: each is probed once, so searches are drawn again with
/// replacement, mated and non-mated ones apart (B. Efron, R. Tibshirani, "An Introduction to the
/// Bootstrap", 1993). The threshold of a target FPIR is set anew on every resample, so what depends on it
/// carries its uncertainty.
struct SearchBootstrap {
  static let resamples = 1_000

  /// Of every target: thresholds and miss counts over the resamples, ascending.
  private(set) var thresholds: [[Float]]
  private(set) var misses: [[Int]]
  /// Of every target: candidates at the measured threshold, summed over each resample.
  private(set) var candidates: [[Int]]

  /// O(resamples x (probes + targets)); the same seed gives the same figures.
  init(_ sample: SearchSample, targets: [Double], measured: [Float], seed: UInt64) {
    thresholds = targets.map { _ in [] }
    misses = targets.map { _ in [] }
    candidates = targets.map { _ in [] }
    let order = sample.alarmScores.indices.sorted {
      sample.alarmScores[$0] > sample.alarmScores[$1]
    }
    let alarms = order.map { sample.alarmScores[$0] }
    let numbers = measured.map { threshold in
      let all = sample.candidates(at: threshold)
      return order.map { all[$0] }
    }
    let firsts = sample.firstScores.sorted()
    var random = SplitMix64(seed: SplitMix64.mixed(seed ^ 0xb007))
    for _ in 0..<Self.resamples {
      let drawnAlarms = Self.draw(alarms.count, &random)
      let drawnFirsts = Self.draw(firsts.count, &random)
      for (target, fpir) in targets.enumerated() {
        let threshold = Self.threshold(fpir, alarms, drawnAlarms)
        thresholds[target].append(threshold)
        var missed = 0
        for index in firsts.indices {
          guard firsts[index] < threshold else { break }
          missed += Int(drawnFirsts[index])
        }
        misses[target].append(missed)
        var sum = 0
        for (index, number) in numbers[target].enumerated() where number > 0 {
          sum += number * Int(drawnAlarms[index])
        }
        candidates[target].append(sum)
      }
    }
    for target in targets.indices {
      thresholds[target].sort()
      misses[target].sort()
      candidates[target].sort()
    }
  }

  /// The 2.5 % and 97.5 % points of ascending values.
  static func interval<T>(_ ascending: [T]) -> (low: T, high: T) {
    let last = ascending.count - 1
    let cut = Int((Double(last) * 0.025).rounded())
    return (ascending[cut], ascending[last - cut])
  }

  /// How often each of `count` is among as many drawn with replacement.
  private static func draw(_ count: Int, _ random: inout SplitMix64) -> [UInt32] {
    var drawn = [UInt32](repeating: 0, count: count)
    for _ in 0..<count {
      drawn[Int(UInt64(count).multipliedFullWidth(by: random.next()).high)] += 1
    }
    return drawn
  }

  /// As `SearchSample.threshold`, of a resample given by how often each score is in it.
  private static func threshold(_ fpir: Double, _ falling: [Float], _ drawn: [UInt32]) -> Float {
    let allowed = Int((fpir * Double(falling.count) + 1e-9).rounded(.down))
    var above = 0
    for index in falling.indices {
      above += Int(drawn[index])
      if above > allowed {
        return falling[index] == SearchSample.nothing ? -1 : falling[index].nextUp
      }
    }
    return -1
  }
}
