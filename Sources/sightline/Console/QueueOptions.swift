// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Pipeline

/// Bounds and policy of the queue that frames come in by.
struct QueueOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Frames that may wait for a worker, at most; 4 a worker for `run` and 256 for a bench, unless told.",
      valueName: "n"))
  var queueFrames: Int?

  @Option(
    help: ArgumentHelp("Their bytes, at most: 64m and 1g are understood.", valueName: "bytes"))
  var queueBytes: Magnitude = Magnitude(PipelinePlan.openQueue.bytes)

  @Option(
    help: """
      What a full queue does where frames come at their own times (`run` on the wall clock, a bench of cameras \
      or server): drop-oldest, drop-newest or block.
      """)
  var whenFull: QueuePolicy = .dropOldest

  @Option(
    help: ArgumentHelp(
      "There, drop frames that waited longer. (default: none)", valueName: "t"))
  var maxAge: Seconds?

  func check() throws {
    guard queueFrames.map({ (1...1_000_000).contains($0) }) ?? true else {
      throw ValidationError("--queue-frames: give a number from 1 to 1000000")
    }
    guard queueBytes.value >= 1 else {
      throw ValidationError("--queue-bytes: give a number of bytes, such as 64m")
    }
  }

  /// `standard` is the number of frames unless told.
  func limits(_ standard: Int) -> QueueLimits {
    QueueLimits(
      elements: queueFrames ?? standard, bytes: queueBytes.value, policy: whenFull,
      maximumAge: maxAge.map { UInt64($0.value * 1e9) })
  }
}

extension QueuePolicy: ExpressibleByArgument {}
