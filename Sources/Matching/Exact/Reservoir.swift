// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// The best candidates one worker has seen for one probe, and a few more than needed.
///
/// Scores here are float32 in whatever order they were summed, off by up to an error that is known. What
/// is kept is everything within twice that of the k-th best so far, so that the true k best are
/// among it. Entries are added unsorted and cut now and then by selection (Hoare's quickselect): O(1)
/// amortised an entry, which a heap would not be while many still pass the threshold.
@safe struct Reservoir {
  struct Entry {
    var score: Float
    var row: UInt32
  }

  private let entries: UnsafeMutablePointer<Entry>
  private(set) var count = 0
  /// Scores below this cannot be among the k best.
  private(set) var threshold = -Float.infinity

  /// `entries` must have room for `limit(k)` and the rows of one block.
  init(entries: UnsafeMutablePointer<Entry>) { unsafe self.entries = unsafe entries }

  /// More entries than this are cut back before the next block.
  static func limit(_ k: Int) -> Int { k + max(k, 256) }

  /// Adds `count` hits, their rows counted from `firstRow`.
  mutating func append(_ hits: UnsafePointer<sl_hit>, _ count: Int, firstRow: Int) {
    let first = UInt32(truncatingIfNeeded: firstRow)
    for i in 0..<count {
      unsafe entries[self.count] = Entry(score: hits[i].score, row: first &+ hits[i].row)
      self.count &+= 1
    }
  }

  /// Drops what cannot be among the `k` best (k >= 1). O(count).
  mutating func cut(to k: Int, error: Float, spare: UnsafeMutablePointer<Float>) {
    guard count > k else { return }
    for i in 0..<count { unsafe spare[i] = entries[i].score }
    threshold = unsafe kthLargest(spare, count, k) - 2 * error
    var kept = 0
    for i in 0..<count where unsafe entries[i].score >= threshold {
      unsafe entries[kept] = entries[i]
      kept &+= 1
    }
    count = kept
  }

  /// Replaces all entries; for when too many are too alike to be told apart in float32.
  mutating func replace(with rows: some Collection<Entry>) {
    count = 0
    for entry in rows {
      unsafe entries[count] = entry
      count &+= 1
    }
  }

  var contents: UnsafeBufferPointer<Entry> {
    unsafe UnsafeBufferPointer(start: entries, count: count)
  }
}

/// The k-th largest of `count` numbers, none of them NaN, 1 <= k <= count; reorders them. O(count) on
/// average.
func kthLargest(_ values: UnsafeMutablePointer<Float>, _ count: Int, _ k: Int) -> Float {
  var (low, high) = (0, count - 1)
  while low < high {
    let (a, b, c) = unsafe (values[low], values[(low + high) / 2], values[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (i, j) = (low, high)
    while i <= j {
      while unsafe values[i] > pivot { i &+= 1 }
      while unsafe values[j] < pivot { j &-= 1 }
      if i <= j {
        unsafe (values[i], values[j]) = (values[j], values[i])
        i &+= 1
        j &-= 1
      }
    }
    if k - 1 <= j {
      high = j
    } else if k - 1 >= i {
      low = i
    } else {
      break
    }
  }
  return unsafe values[k - 1]
}
