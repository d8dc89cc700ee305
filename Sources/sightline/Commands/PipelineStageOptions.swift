// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Faces
internal import Frames
internal import Galleries
internal import Glibc
internal import Pipeline

/// What the stages of a bench of the pipeline do: the options of `run`, and those of its first queue.
struct PipelineStageOptions: ParsableArguments {
  enum BusChoice: String, CaseIterable, ExpressibleByArgument { case sqlite, none }

  @Option(
    help: ArgumentHelp(
      "Gallery to search: a folder, or procedural:N.", valueName: "path|procedural:n"))
  var gallery: String = "procedural:100k"

  @Option(help: "As for `run`: exact, int8, sketch or auto.")
  var matcher: MatcherChoice = .auto

  @Option(
    help: ArgumentHelp(
      "False positive identification rate of one non-mated search.", valueName: "rate"))
  var fpir: Double = 0.003

  @OptionGroup var decision: DecisionOptions

  @Option(help: "Part of the resolution to decode: 1/1, 1/2, 1/4 or 1/8.")
  var scale: DecodeScale = .full

  @Option(help: "Look for faces in the whole frame, or only in the boxes of the frame set.")
  var locate: LocateMode = .frame

  @Option(
    help: ArgumentHelp("Look for markers in an image smaller by this factor.", valueName: "factor"))
  var decimation: Double = 2

  @Option(help: ArgumentHelp("Workers and matcher threads. (default: one a core)", valueName: "n"))
  var threads: Int?

  @Option(help: "sqlite: a log in a temporary folder. none: events are made and given up.")
  var bus: BusChoice = .sqlite

  @OptionGroup var queue: QueueOptions

  func check() throws {
    do {
      _ = try GalleryArgument(gallery)
    } catch {
      throw ValidationError("--gallery: \(error.message)")
    }
    guard fpir > 0, fpir < 1 else {
      throw ValidationError("--fpir is a rate: give a number between 0 and 1, such as 0.003")
    }
    guard decimation == 1 || (1.5...8).contains(decimation) else {
      throw ValidationError("--decimation: give 1, or a number from 1.5 to 8")
    }
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("--threads: give a number from 1 to 256")
    }
    try decision.check()
    try queue.check()
  }

  func configuration(_ frameSet: FrameSet) throws -> RunConfiguration {
    var configuration = RunConfiguration(
      frameSet: frameSet, gallery: try GalleryArgument(gallery))
    configuration.matcher = matcher
    configuration.threshold = .fpir(fpir)
    configuration.decision = decision.settings
    configuration.scale = scale
    configuration.locate = locate
    configuration.decimation = decimation
    configuration.threads = threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    configuration.deployment = "bench"
    configuration.intake = queue.limits(PipelinePlan.openQueue.elements)
    return configuration
  }
}
