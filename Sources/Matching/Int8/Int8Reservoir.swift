// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The rows that one worker has seen for one probe and that may still be among its k best.
///
/// Of every row we know bounds of the score that counts. What is kept is every row whose upper bound
/// reaches the k-th best lower bound so far, so the true k best are among it. O(1) amortised a row.
struct Int8Reservoir {
  struct Entry {
    /// Bounds of the score that counts.
    let lower: Float
    let upper: Float
    let row: UInt32
  }

  private var entries: [Entry] = []
  /// A score that k rows seen are known to reach.
  private(set) var floor = -Float.infinity
  /// Entries that the last cut left.
  private var kept = 0

  /// More entries than this after a cut are a crowd: at N = 5e5 some 10 k are within the bounds.
  private static func limit(_ k: Int) -> Int { 64 * k + 1024 }

  /// Adds a row whose true score is within `error` of `score`.
  mutating func append(_ row: UInt32, score: Float, error: Float) {
    entries.append(Entry(lower: score - error, upper: score + error, row: row))
  }

  /// Adds what another worker kept for the same probe.
  mutating func merge(_ other: Int8Reservoir) {
    entries += other.entries
    floor = max(floor, other.floor)
  }

  /// Drops what cannot be among the `k` best (k >= 1), once that pays. `rescored` gives true scores: of a
  /// crowd that the bounds cannot tell apart, such as many copies of one template, the true k best stay.
  mutating func tidy(_ k: Int, rescored: (UInt32) -> Candidate) {
    // A cut gives a higher floor, and so fewer hits to come.
    guard entries.count > 2 * kept + 64 else { return }
    cut(to: k)
    if entries.count > Self.limit(k) {
      let head = best(k, rescored: rescored)
      entries = head.entries
      // Less the rounding of the scores that are compared with it.
      floor = max(floor, head.floor - 1e-6)
    }
    kept = entries.count
  }

  /// Drops what cannot be among the `k` best. O(count).
  mutating func cut(to k: Int) {
    guard entries.count > k else { return }
    floor = max(floor, kthLower(k))
    entries.removeAll { $0.upper < floor }
  }

  private func kthLower(_ k: Int) -> Float {
    var lower = entries.map(\.lower)
    return unsafe lower.withUnsafeMutableBufferPointer { lower in
      unsafe lower.baseAddress.map { unsafe kthLargest($0, lower.count, k) } ?? -.infinity
    }
  }

  /// The true `k` best (k >= 1): the k best by int8 are rescored, then in order of their upper bounds the
  /// others, until none that is left can reach the k-th best score. Some 3 k rows at N = 5e5.
  func best(_ k: Int, rescored: (UInt32) -> Candidate) -> Int8Head {
    let kth = entries.count > k ? kthLower(k) : -.infinity
    var head = Int8Head(k)
    for entry in entries where entry.lower >= kth { head.offer(rescored(entry.row), entry) }
    var doubtful = entries.filter { $0.lower < kth && $0.upper >= head.floor }
    doubtful.sort { $0.upper > $1.upper }
    for entry in doubtful {
      guard entry.upper >= head.floor else { break }
      head.offer(rescored(entry.row), entry)
    }
    return head
  }
}

/// The k best candidates offered, best first. O(k) a candidate that is among them.
struct Int8Head {
  private let k: Int
  private(set) var candidates: [Candidate] = []
  /// Those of the candidates, in their order.
  private(set) var entries: [Int8Reservoir.Entry] = []

  init(_ k: Int) { self.k = k }

  /// The k-th best score; a lower one is no longer wanted.
  var floor: Float { candidates.count < k ? -.infinity : candidates[k - 1].score }

  mutating func offer(_ candidate: Candidate, _ entry: Int8Reservoir.Entry) {
    if candidates.count == k {
      guard candidate.precedes(candidates[k - 1]) else { return }
      candidates.removeLast()
      entries.removeLast()
    }
    var (low, high) = (0, candidates.count)
    while low < high {
      let middle = (low + high) / 2
      if candidates[middle].precedes(candidate) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    candidates.insert(candidate, at: low)
    entries.insert(entry, at: low)
  }
}
