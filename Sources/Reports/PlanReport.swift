// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking

/// What `bench match --dry-run` tells.
package struct PlanReport: Sendable {
  private let plan: MatchPlan
  private let gallery: BenchGallery

  package init(_ plan: MatchPlan, gallery: BenchGallery) {
    self.plan = plan
    self.gallery = gallery
  }

  package var text: String {
    let memory = plan.memory(gallery)
    let total = memory.reduce(0) { $0 + $1.bytes }
    let seconds = plan.estimatedSeconds(gallery)
    var lines = [
      "Would measure \(plan.matchers.map(\.rawValue).joined(separator: ", ")), scenario "
        + "\(plan.scenario.rawValue), in \(gallery.argument): \(Text.count(gallery.size)) templates of "
        + "\(gallery.dimension)",
      "  threads   \(list(plan.threads))",
      "  batch     \(list(plan.batches))",
      "  memory    \(Text.bytes(total))",
    ]
    lines += memory.map { "            \(Text.bytes($0.bytes)) \($0.label)" }
    lines.append(
      "  time      about \(seconds < 120 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min")"
        + ", to a factor of three")
    do {
      try plan.requireMemory(gallery)
    } catch {
      lines.append("  refused   \(error)")
    }
    return lines.joined(separator: "\n")
  }

  private func list(_ numbers: [Int]) -> String {
    numbers.map { "\($0)" }.joined(separator: ", ")
  }
}
