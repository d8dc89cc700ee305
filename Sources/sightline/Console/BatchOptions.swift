// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Pipeline

/// When a batch of searches is closed.
struct BatchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Probes searched together, at most.", valueName: "n"))
  var batch: Int = 64

  @Option(
    help: ArgumentHelp(
      "Of these, probes of one camera while others' could be searched.", valueName: "n"))
  var batchPerCamera: Int = 16

  @Option(
    help: ArgumentHelp(
      """
      How long a batch that is not full waits for more, such as 5ms. (default: not at all but for \
      --batch-backlog-wait; what gathers while the last one is searched is the next)
      """, valueName: "t"))
  var batchWait: Seconds?

  @Option(
    help: ArgumentHelp(
      """
      How long at least while more frames than workers wait for one: a search of many costs little more than \
      one; or 0.
      """, valueName: "t"))
  var batchBacklogWait = SecondsOrZero(milliseconds: 20)

  func check() throws {
    guard (1...4_096).contains(batch) else {
      throw ValidationError("--batch: give a number from 1 to 4096")
    }
    guard batchWait.map({ $0.value <= 10 }) ?? true else {
      throw ValidationError("--batch-wait: give 10s at most")
    }
    guard batchBacklogWait.value <= 10 else {
      throw ValidationError("--batch-backlog-wait: give 10s at most")
    }
    guard (1...4_096).contains(batchPerCamera) else {
      throw ValidationError("--batch-per-camera: give a number from 1 to 4096")
    }
  }

  var limits: BatchLimits {
    BatchLimits(
      size: batch, wait: batchWait.map { UInt64($0.value * 1e9) } ?? 0,
      backlogWait: UInt64(batchBacklogWait.value * 1e9), perCamera: batchPerCamera)
  }
}
