// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Who may be among the `k` best of a list, by cosines that are known within bounds.
///
/// Everybody whose upper bound reaches the k-th best lower bound is kept: nobody else can be among the
/// k best. Cut now and then by selection, so O(1) amortised for each taken.
struct SketchHead {
  struct Entry {
    var identity: UInt64
    var lower: Float
    var upper: Float
  }

  private(set) var entries: [Entry] = []
  private var k = 1
  private var limit = 1
  /// A lower bound of the k-th best score.
  private var floor = -Float.infinity

  /// Empties the head for lists of `k` >= 1; its memory is kept.
  mutating func prepare(k: Int) {
    entries.removeAll(keepingCapacity: true)
    self.k = k
    limit = 2 * k + 512
    floor = -.infinity
  }

  /// Takes those of `identities` who may be among the k best.
  mutating func take(
    _ identities: UnsafeBufferPointer<UInt64>, middle: UnsafeMutableBufferPointer<Float>,
    reach: UnsafeMutableBufferPointer<Float>
  ) {
    for i in 0..<identities.count {
      let (middle, reach) = unsafe (middle[i], reach[i])
      if middle + reach >= floor {
        entries.append(
          Entry(identity: unsafe identities[i], lower: middle - reach, upper: middle + reach))
        if entries.count > limit { cut() }
      }
    }
  }

  mutating func take(_ other: SketchHead) {
    for entry in other.entries where entry.upper >= floor {
      entries.append(entry)
      if entries.count > limit { cut() }
    }
  }

  /// Drops who cannot be among the k best any more. O(entries).
  mutating func cut() {
    guard entries.count > k else { return }
    let kth = unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: entries.count) {
      scores in
      for i in entries.indices { unsafe scores[i] = entries[i].lower }
      return unsafe scores.baseAddress.map { unsafe kthLargest($0, scores.count, k) } ?? floor
    }
    floor = max(floor, kth)
    entries.removeAll { $0.upper < floor }
    // A crowd that the bounds cannot tell apart is kept whole, and looked at again when it has doubled.
    limit = max(limit, 2 * entries.count)
  }
}

/// The best of the candidates offered, and those too near the last of them to be told apart.
struct BestCandidates {
  private let k: Int
  private(set) var candidates: [Candidate] = []
  private var floor = -Float.infinity
  private var limit: Int

  init(_ k: Int) {
    self.k = k
    limit = 4 * k + 64
  }

  /// Takes a candidate whose score is within `error` of the truth, if it may be among the `k` best.
  mutating func offer(_ candidate: Candidate, error: Float) {
    guard candidate.score >= floor else { return }
    candidates.append(candidate)
    guard candidates.count >= limit else { return }
    cut(error: error)
    // A crowd that cannot be told apart is sorted again when it has doubled, not at every offer.
    limit = max(limit, 2 * candidates.count)
  }

  /// Drops who cannot be among the `k` best.
  mutating func cut(error: Float) {
    guard candidates.count > k else { return }
    candidates.sort { $0.precedes($1) }
    floor = candidates[k - 1].score - 2 * error
    candidates.removeAll { $0.score < floor }
  }
}
