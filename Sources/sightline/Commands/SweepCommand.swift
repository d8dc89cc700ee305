// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Files
internal import Pipeline
internal import Reports
internal import Sweeps
internal import SystemPackage

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Measure what the whole pipeline finds and costs at every point of a grid.",
    discussion: """
      Simulate, run and score in one: frames are rendered at every marker size and JPEG quality, run through \
      the real pipeline at every decode scale, decimation and way to locate, and held against the truth. \
      Every point has its misses, with where they happened, beside its costs; those that no other point of \
      the same marker size beats are marked. `accuracy` measures the matcher alone, by many more searches.

      Finished points are kept in the folder; the same command goes on where an interrupted one was, and \
      one with other values measures only what is new.
      """)

  @OptionGroup var options: SweepOptions

  @Option(
    help: ArgumentHelp(
      "Folder of the sweep. (default: sweep- and the plan's digest)", valueName: "dir"))
  var out: String?

  @OptionGroup var threads: ThreadsOption

  @Flag(help: "Leave the frame sets rendered in the folder.")
  var keepFrames = false

  @Flag(help: "Measure all points anew.")
  var fresh = false

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func validate() throws {
    if out == "" { throw ValidationError("--out: give a folder") }
  }

  func run() async throws {
    let run = try options.run(threads: threads.count, keepFrames: keepFrames)
    let path = FilePath(out ?? "sweep-\(run.plan.digest.prefix(4))")
    let folder = try SweepFolder(path, for: run.plan, fresh: fresh)
    let observer = SweepProgress()
    let software = AccuracyResult.Software(
      version: SoftwareVersion.current,
      command: ["sightline"] + CommandLine.arguments.dropFirst())
    Console.note("\(run.plan.points.count) points; folder: \(path)")
    let result: FrameSweepResult
    do {
      result = try await CancelOnSignal().running { [folder] in
        var result = try await run.execute(
          in: folder, software: software, machine: AccuracyCommand.machine,
          progress: observer.observe)
        result.software.finishedAt = UTC.now
        result.machine.load = AccuracyCommand.machine.load
        return result
      }
    } catch let error as SweepError where error.code == .interrupted {
      observer.finish()
      Console.error("sightline: \(error)")
      throw ExitCode(ExitStatus.interrupted)
    }
    observer.finish()
    let text = SweepReport(result).text
    try folder.write(result, summary: text)
    try Console.output(json ? try result.encoded() : text)
  }
}

/// Shows a sweep's progress on standard error.
private final class SweepProgress: Sendable {
  private let gallery = Progress("gallery", unit: "templates")
  private let frames = Progress("sweep", unit: "frames")

  @Sendable func observe(_ event: FrameSweepRun.Progress) {
    switch event {
    case .gallery(let done, let total):
      gallery.update(done, of: total)
      if done == total { gallery.finish() }
    case .frames(let done, let total): frames.update(done, of: total)
    }
  }

  func finish() {
    gallery.finish()
    frames.finish()
  }
}
