// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking
internal import Pipeline

/// What `bench pipeline --dry-run` tells.
package struct PipelinePlanReport: Sendable {
  private let plan: PipelinePlan
  private let galleryBytes: Int?

  /// Throws `FileError`, `GalleryError` for a gallery's folder that is none.
  package init(_ plan: PipelinePlan) throws {
    self.plan = plan
    galleryBytes = try plan.configuration.galleryBytes()
  }

  package var text: String {
    let settings = PipelineSettings(plan)
    let gallery = galleryBytes.map { "\(Text.bytes($0)) for the gallery" } ?? "the gallery's files"
    let seconds = Int(plan.estimatedSeconds.rounded(.up))
    return """
      Would measure the pipeline, scenario \(plan.scenario.rawValue)\(load)
        frames    \(Text.count(settings.frameCount)) of \(settings.cameras) cameras, over and over
        gallery   \(settings.gallery), matcher \(settings.matcher)
        threads   \(settings.threads)
        decision  \(DecisionPlan(BenchDecision(plan.configuration.decision)).text)
        queues    \(QueuePlan(plan.measured).text)
        batch     \(settings.batchText)
        memory    about \(Text.bytes(plan.stageBytes)) for frames, \
      \(Text.bytes(plan.configuration.setBytes)) for the list of them, \
      \(Text.bytes(plan.recordBytes)) for their latencies, \(gallery)
        time      about \(seconds) s, to a factor of two, and the gallery's
      """
  }

  private var load: String {
    guard plan.scenario.isOpenLoop else { return "" }
    let bound = plan.bound.map { ", p99 under \(Text.milliseconds($0 * 1e3)) ms" } ?? ""
    guard let load = plan.load else { return bound + ": the most that is held" }
    return bound
      + (plan.scenario == .cameras
        ? ": \(Int(load)) cameras of \(Text.rate(plan.feedRate)) frames/s"
        : ": \(Text.rate(load)) frames/s")
  }
}
