// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Files
internal import SystemPackage

extension AccuracyCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a run's scores, candidate lists or curves in forms that other tools read.",
      discussion: """
        scores4, scores5: bob.bio's columns. pyeer: OUT-genuine.txt and OUT-impostor.txt (the best score \
        of each non-mated search), and both as whole numbers for its histogram form. csv: DET, CMC and \
        histograms of all points. candidates: one search a line, as JSON.
        """)

    @Argument(help: ArgumentHelp("Run folder of `sightline accuracy`.", valueName: "run"))
    var folder: String

    @Option(help: "scores4, scores5, pyeer, csv or candidates.")
    var format: AccuracyExport.Format

    @Option(help: ArgumentHelp("File to write; must not exist.", valueName: "file"))
    var out: String

    @Option(
      help: ArgumentHelp(
        "Point of a sweep, by number or id. (csv has all of them)", valueName: "point"))
    var point: String?

    func validate() throws {
      guard !folder.isEmpty, !out.isEmpty else {
        throw ValidationError("give a run folder and --out")
      }
      if format == .csv, point != nil {
        throw ValidationError("--point: csv has the curves of all points")
      }
    }

    func run() throws {
      let path = FilePath(folder)
      let files: [AccuracyExport.File]
      if format == .csv {
        files = AccuracyExport.curves(of: try AccuracyResult.read(path), to: FilePath(out))
      } else {
        let recording = try AccuracyRecording(path)
        let point: AccuracyPoint
        do {
          point = try recording.point(self.point)
        } catch {
          throw Console.usage("\(error)")
        }
        files = try AccuracyExport.files(
          format, try recording.outcomes(of: point),
          room: min(recording.plan.k, point.gallerySize), to: FilePath(out))
      }
      for file in files where WholeFile.exists(file.path) {
        throw FileError(.exists, file.path, "exists; choose another --out")
      }
      for file in files {
        try WholeFile.write(file.text, to: file.path)
        Console.note("wrote \(file.path)")
      }
    }
  }
}

extension AccuracyExport.Format: ExpressibleByArgument {}
