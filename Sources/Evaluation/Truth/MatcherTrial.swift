// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Matching

/// What a matcher found of the probes of a truth, and how fast.
package struct MatcherTrial: Sendable {
  package let lists: CandidateLists
  /// What each batch took, in order; the last may be a smaller one.
  package let batches: [(probes: Int, time: ComputeTime)]

  /// Searches `probes` in batches of `batch`, one after another, as a stream of cameras would.
  ///
  /// `progress` is called with the probes searched so far.
  package init(
    _ matcher: any Matcher, _ probes: LabelledProbes, k: Int, batch: Int,
    progress: @Sendable (_ done: Int) -> Void = { _ in }
  ) async throws {
    precondition(batch >= 1, "a batch has a probe")
    var lists = CandidateLists()
    var batches: [(probes: Int, time: ComputeTime)] = []
    for first in stride(from: 0, to: probes.count, by: batch) {
      let part = try probes.batch(first..<min(first + batch, probes.count))
      let (found, time) = try await ComputeTime.measure { try await matcher.search(part, k: k) }
      lists.append(found)
      batches.append((part.count, time))
      progress(first + part.count)
    }
    self.lists = lists
    self.batches = batches
  }

  /// Seconds a probe of its share of the median batch, of whole batches where there are any.
  package var medianPerProbe: ComputeTime? {
    let size = batches.map(\.probes).max() ?? 0
    let whole = batches.filter { $0.probes == size }.map(\.time)
    guard size > 0 else { return nil }
    let median = { (values: [Double]) in values.sorted()[values.count / 2] / Double(size) }
    return ComputeTime(
      wallSeconds: median(whole.map(\.wallSeconds)), cpuSeconds: median(whole.map(\.cpuSeconds)))
  }
}
