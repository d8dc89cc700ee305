// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Pipeline

/// `--fault` of the commands that run the pipeline: what goes wrong meanwhile.
struct PlayedFaults: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      What goes wrong meanwhile: 'stall every 20 s for 3 s at cam-01', away, back, skew, twice, truncated, \
      garbage, matcher or disk; `sightline config schema` tells what each says. Several are taken.
      """, valueName: "fault"))
  var fault: [String] = []

  func validate() throws { _ = try rules() }

  func rules() throws -> [FaultRule] {
    do {
      return try fault.map { try FaultRule($0) }
    } catch let error as PipelineError {
      throw ValidationError("--fault: \(error)")
    }
  }
}
