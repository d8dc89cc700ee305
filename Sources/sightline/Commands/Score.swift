// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import EventBus
internal import Frames
internal import Reports
internal import SystemPackage

struct Score: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the sightings on a bus with the truth of the frame set they came from.",
    discussion: """
      Scores the newest run of this frame set on the bus. An appearance is one pass of one person \
      before one camera; it counts when its marker reached --minimum-marker pixels, in view, in a \
      frame that was delivered whole.
      """)

  @Argument(help: "Folder of the frame set.")
  var frameset: String

  @Option(help: ArgumentHelp("Event bus, sqlite:PATH.", valueName: "url"))
  var bus: String = "sqlite:sightline.db"

  @Option(help: ArgumentHelp("Marker side from which an appearance counts.", valueName: "px"))
  var minimumMarker: Double = 24

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    _ = try BusArgument.file(bus)
    guard (0...100_000).contains(minimumMarker) else {
      throw ValidationError("--minimum-marker: give a number of pixels, such as 24")
    }
  }

  func run() async throws {
    let frameSet = try FrameSet(opening: FilePath(frameset))
    let truth = try frameSet.truth()
    let run = try await RecordedRun.newest(of: frameSet, on: try BusArgument.location(bus))
    let score = SightingScore(
      run.sightings, truth: truth, gallerySize: run.gallerySize, minimumMarker: minimumMarker)
    let report = ScoreReport(score, of: run, tiers: frameSet.manifest.tiers.count)
    try Console.output(json ? try report.json() : report.text)
  }
}
