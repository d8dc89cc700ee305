// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Glibc
internal import Reports
internal import SystemPackage

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two accuracy results: what got better, what worse, what shows no change.",
    discussion: """
      Results are run folders or result.json files. Two folders with the same probes are compared search \
      by search. Limits are on the second result; exit status 99 if one is broken.
      """)

  @Argument(help: "The first result.")
  var first: String

  @Argument(help: "The second result.")
  var second: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A bound on the second result: 'fnir@0.003 < 0.02'. May be given several times.",
      discussion: "Figures: \(AccuracyLimit.metrics).", valueName: "limit"))
  var limit: [String] = []

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    do {
      for text in limit { _ = try AccuracyLimit(text) }
    } catch {
      throw ValidationError("--limit: \(error)")
    }
  }

  func run() throws {
    let paths = (FilePath(first), FilePath(second))
    let results = (try AccuracyResult.read(paths.0), try AccuracyResult.read(paths.1))
    var recordings: (first: AccuracyRecording, second: AccuracyRecording)?
    if Self.isFolder(first), Self.isFolder(second) {
      recordings = (try AccuracyRecording(paths.0), try AccuracyRecording(paths.1))
    }
    let comparison = try AccuracyComparison(results.0, results.1, recordings: recordings)
    let findings: [AccuracyLimit.Finding]
    do {
      findings = try limit.flatMap { try AccuracyLimit($0).findings(results.1) }
    } catch let error as EvaluationError {
      throw Console.usage("--limit: \(error)")
    }
    let report = ComparisonReport(comparison, findings)
    try Console.output(json ? try report.json(snakeCase: true) : report.text)
    if findings.contains(where: { !$0.holds }) { throw ExitCode(ExitStatus.limitBroken) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
