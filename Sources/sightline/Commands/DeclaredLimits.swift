// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Pipeline
internal import Reports

/// `--limit` of the commands that measure: what must hold at the end.
struct DeclaredLimits: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      What must hold at the end, such as 'p99 < 200ms'; status 99 if it does not, or if nothing was \
      measured to tell. Several are taken.
      """, valueName: "limit"))
  var limit: [String] = []

  func validate() throws { _ = try limits() }

  private func limits() throws -> [ResultLimit] {
    do {
      return try limit.map { try ResultLimit($0) }
    } catch let error as PipelineError {
      throw ValidationError("--limit: \(error)")
    }
  }

  /// Refuses those that name what `command` never measures.
  func check(_ measures: [ResultMeasure], of command: String) throws {
    do {
      try limits().check(measures: measures, of: command)
    } catch let error as PipelineError {
      throw ValidationError("--limit: \(error)")
    }
  }

  /// How a result stands to them; `nil` where there are none.
  func findings(_ figures: [ResultMeasure: Double]) throws -> [ResultLimit.Finding]? {
    limit.isEmpty ? nil : try limits().map { $0.finding(figures) }
  }
}
