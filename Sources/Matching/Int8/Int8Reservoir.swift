// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries

/// The rows that one worker has seen for one probe and that may still be among its k best.
///
/// Of every row we know bounds of the score that counts. What is kept is every row whose upper bound
/// reaches the k-th best lower bound so far, so the true k best are among it. O(1) amortised a row.
struct Int8Reservoir {
  struct Entry {
    /// By int8.
    var score: Float
    var row: UInt32
  }

  private(set) var entries: [Entry] = []
  /// A score that k rows seen are known to reach.
  private(set) var floor = -Float.infinity

  /// Entries that the last cut left.
  private var kept = 0

  /// Whether the entries are so many more than the last cut left that another pays, which gives a higher
  /// floor, and so fewer hits.
  var isFull: Bool { entries.count > 2 * kept + 64 }

  /// More entries than this after a cut are a crowd: at N = 1e6 some 15 k are within the bounds.
  static func limit(_ k: Int) -> Int { 64 * k + 1024 }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Drops what cannot be among the `k` best (k >= 1). O(count).
  mutating func cut(to k: Int, _ error: ScoreError, _ rows: QuantizedRows) {
    defer { kept = entries.count }
    guard entries.count > k else { return }
    var lower = entries.map { $0.score - error(rows.scale(Int($0.row))) }
    let kth = unsafe lower.withUnsafeMutableBufferPointer { lower in
      unsafe lower.baseAddress.map { unsafe kthLargest($0, lower.count, k) } ?? -.infinity
    }
    floor = max(floor, kth)
    entries.removeAll { $0.score + error(rows.scale(Int($0.row))) < floor }
  }

  /// The true `k` best (k >= 1), best first: the k best by int8 are rescored, then in order of their upper
  /// bounds the others, until none that is left can reach the k-th best score. About 4 k rows at N = 1e6.
  func best(
    _ k: Int, _ error: ScoreError, _ rows: QuantizedRows, rescored: (UInt32) -> Candidate
  ) -> [(candidate: Candidate, entry: Entry)] {
    var kth = -Float.infinity
    if entries.count > k {
      var scores = entries.map(\.score)
      kth = unsafe scores.withUnsafeMutableBufferPointer { scores in
        unsafe scores.baseAddress.map { unsafe kthLargest($0, scores.count, k) } ?? kth
      }
    }
    var head = Head(k)
    for entry in entries where entry.score >= kth { head.offer(rescored(entry.row), entry) }
    var doubtful: [(upper: Float, entry: Entry)] = []
    for entry in entries where entry.score < kth {
      let upper = entry.score + error(rows.scale(Int(entry.row)))
      if upper >= head.floor { doubtful.append((upper, entry)) }
    }
    doubtful.sort { $0.upper > $1.upper }
    for (upper, entry) in doubtful {
      guard upper >= head.floor else { break }
      head.offer(rescored(entry.row), entry)
    }
    return head.list
  }

  /// Cuts a crowd that the bounds cannot tell apart, such as many copies of one template, to the true k
  /// best.
  mutating func thin(
    to k: Int, _ error: ScoreError, _ rows: QuantizedRows, rescored: (UInt32) -> Candidate
  ) {
    let head = best(k, error, rows, rescored: rescored)
    entries = head.map(\.entry)
    kept = entries.count
    // Less the rounding of scores that are compared with it.
    if head.count == k, let last = head.last { floor = max(floor, last.candidate.score - 1e-6) }
  }

  /// Adds what another worker kept for the same probe.
  mutating func merge(_ other: Int8Reservoir) {
    entries += other.entries
    floor = max(floor, other.floor)
  }
}

/// The k best candidates offered, best first. O(k) a candidate that is among them.
private struct Head {
  private let k: Int
  private(set) var list: [(candidate: Candidate, entry: Int8Reservoir.Entry)] = []

  init(_ k: Int) { self.k = k }

  /// The k-th best score; a lower one is no longer wanted.
  var floor: Float { list.count < k ? -.infinity : list[k - 1].candidate.score }

  mutating func offer(_ candidate: Candidate, _ entry: Int8Reservoir.Entry) {
    if list.count == k {
      guard candidate.precedes(list[k - 1].candidate) else { return }
      list.removeLast()
    }
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].candidate.precedes(candidate) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    list.insert((candidate, entry), at: low)
  }
}
