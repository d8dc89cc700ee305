// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
package import Pipeline

/// What `run --dry-run` tells.
package struct RunPlanReport: Sendable {
  private let configuration: RunConfiguration
  private let galleryBytes: Int?

  /// Looks at the gallery's folder, if it has one. Throws `FileError`, `GalleryError`.
  package init(_ configuration: RunConfiguration) throws {
    self.configuration = configuration
    galleryBytes = try configuration.galleryBytes()
  }

  package var text: String {
    let memory = galleryBytes.map { "\(Text.bytes($0)) for the gallery" } ?? "the gallery's files"
    let seconds = Int(configuration.estimatedSeconds.rounded(.up))
    let time =
      configuration.clock == .wall ? "\(seconds) s" : "about \(seconds) s, to a factor of two"
    let frames = Text.count(configuration.frameCount)
    let queues = QueuePlan(configuration).text
    let limits = configuration.batch
    let batch = Text.batch(
      limits.size, perCamera: limits.perCamera, waitMS: Double(limits.wait) / 1e6,
      backlogWaitMS: Double(limits.backlogWait) / 1e6)
    let lines = """
      Would run \(frames) frames of \(configuration.cameraCount) cameras
        gallery   \(configuration.gallery), matcher \(configuration.matcher.rawValue)
        threads   \(configuration.threads)
        clock     \(configuration.clock.rawValue)
        decision  \(DecisionPlan(configuration.decision).text)
        queues    \(queues)
        batch     \(batch)
        memory    \(memory), about \(Text.bytes(configuration.stageBytes)) for frames and \
      \(Text.bytes(configuration.setBytes)) for the list of them
        time      \(time), and the gallery's
      """
    return lines + configuration.faults.map { "\n  fault     \($0)" }.joined()
  }
}
