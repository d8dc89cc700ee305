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

  /// More entries than this are cut back before the next block: at N = 1e6 some 20 k are within the
  /// bounds.
  static func limit(_ k: Int) -> Int { 16 * k + 1024 }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Drops what cannot be among the `k` best (k >= 1). O(count).
  mutating func cut(to k: Int, _ error: ScoreError, _ rows: QuantizedRows) {
    guard entries.count > k else { return }
    var lower = entries.map { $0.score - error(rows.scale(Int($0.row))) }
    let kth = unsafe lower.withUnsafeMutableBufferPointer { lower in
      unsafe lower.baseAddress.map { unsafe kthLargest($0, lower.count, k) } ?? -.infinity
    }
    floor = max(floor, kth)
    entries.removeAll { $0.score + error(rows.scale(Int($0.row))) < floor }
  }

  /// The true `k` best, best first: rows are rescored in order of their upper bounds until none that is
  /// left can reach the k-th best score. About 4 k rows at N = 1e6.
  func best(
    _ k: Int, _ error: ScoreError, _ rows: QuantizedRows, rescored: (UInt32) -> Candidate
  ) -> [(candidate: Candidate, entry: Entry)] {
    let order = entries.map { (upper: $0.score + error(rows.scale(Int($0.row))), entry: $0) }
      .sorted { $0.upper > $1.upper }
    var head: [(candidate: Candidate, entry: Entry)] = []
    for (upper, entry) in order {
      if head.count == k {
        guard upper >= head[k - 1].candidate.score else { break }
      }
      let candidate = rescored(entry.row)
      if head.count == k {
        guard candidate.precedes(head[k - 1].candidate) else { continue }
        head.removeLast()
      }
      var (low, high) = (0, head.count)
      while low < high {
        let middle = (low + high) / 2
        if head[middle].candidate.precedes(candidate) {
          low = middle + 1
        } else {
          high = middle
        }
      }
      head.insert((candidate, entry), at: low)
    }
    return head
  }

  /// Cuts a crowd that the bounds cannot tell apart, such as many copies of one template, to the true k
  /// best.
  mutating func thin(
    to k: Int, _ error: ScoreError, _ rows: QuantizedRows, rescored: (UInt32) -> Candidate
  ) {
    let head = best(k, error, rows, rescored: rescored)
    entries = head.map(\.entry)
    // Less the rounding of scores that are compared with it.
    if head.count == k, let last = head.last { floor = max(floor, last.candidate.score - 1e-6) }
  }

  /// Adds what another worker kept for the same probe.
  mutating func merge(_ other: Int8Reservoir) {
    entries += other.entries
    floor = max(floor, other.floor)
  }
}
