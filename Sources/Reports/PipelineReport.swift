// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking
package import Galleries
package import Matching
package import Pipeline

/// What `bench pipeline` tells: the run that counts, those before it, and all that decided them.
package struct PipelineReport: Encodable, Sendable {
  package struct Headline: Encodable, Sendable {
    /// `cameras`, `frames/s` or `ms`.
    var unit: String
    var value: Double
    /// In words.
    var text: String
  }

  package struct Conditions: Encodable, Sendable {
    var loadBefore: Double
    var loadAfter: Double
    var seconds: Double
    var peakMemoryBytes: Int
  }

  /// False: no run held the bound, or its searches were wrong.
  package let valid: Bool
  package let invalid: String?
  /// Whether it was given up before its end.
  package let interrupted: Bool
  /// Absent where the result is not valid.
  package let headline: Headline?
  package let version: String
  /// Of all settings as they were in effect, as `sightline config show` tells it.
  package var settingsDigest: String?
  /// How the result stands to the limits that were declared for it.
  package var limits: [ResultLimit.Finding]?
  package let command: [String]
  package let settings: PipelineSettings
  /// The cosine from which a candidate is an alert.
  package let threshold: Double
  package let gallery: GalleryDescription
  package let matcher: MatcherInformation
  package let agreement: LoadAgreement?
  /// The run that counts; absent where the result is not valid.
  package let run: LoadRun?
  package let tried: [LoadRun]
  package let conditions: Conditions
  package let machine: DoctorReport

  package init(_ result: PipelineResult, machine: DoctorReport, command: [String]) {
    let plan = result.plan
    valid = result.invalid == nil
    invalid = result.invalid
    interrupted = result.interrupted
    version = machine.version
    self.command = command
    settings = PipelineSettings(plan)
    threshold = result.threshold
    gallery = result.gallery
    matcher = result.matcher
    agreement = result.agreement
    run = result.invalid == nil ? result.confirmed : nil
    tried = result.tried
    headline = run.flatMap { [settings] in Self.headline(settings, $0) }
    conditions = Conditions(
      loadBefore: result.loadBefore, loadAfter: result.loadAfter, seconds: result.seconds,
      peakMemoryBytes: result.peakBytes)
    self.machine = machine
  }

  private static func headline(_ settings: PipelineSettings, _ run: LoadRun) -> Headline {
    let under = settings.p99BoundMS.map { " with p99 under \(Text.milliseconds($0)) ms" } ?? ""
    switch settings.scenario {
    case .cameras:
      let cameras = run.load ?? 0
      return Headline(
        unit: "cameras", value: cameras,
        text:
          "\(Int(cameras)) cameras of \(Text.rate(settings.feedFramesPerSecond)) frames/s\(under), no frame dropped"
      )
    case .server:
      let rate = run.scheduledPerSecond ?? 0
      return Headline(
        unit: "frames/s", value: rate,
        text: "\(Text.fixed(rate, 1)) frames/s scheduled, Poisson\(under), no frame dropped")
    case .offline:
      return Headline(
        unit: "frames/s", value: run.framesPerSecond,
        text: "\(Text.fixed(run.framesPerSecond, 1)) frames/s, all there at once")
    case .single:
      return Headline(
        unit: "ms", value: run.provenP90MS ?? run.p90MS,
        text: "p90 of one frame's way is "
          + (run.provenP90MS.map { "proved to be \(Text.milliseconds($0)) ms at most" }
            ?? "\(Text.milliseconds(run.p90MS)) ms, unproved"))
    case .multi:
      return Headline(
        unit: "ms", value: run.provenP99MS ?? run.p99MS,
        text: "p99 of a tick of \(settings.cameras) cameras is "
          + (run.provenP99MS.map { "proved to be \(Text.milliseconds($0)) ms at most" }
            ?? "\(Text.milliseconds(run.p99MS)) ms, unproved"))
    }
  }
}
