// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Reports

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what this machine and its libraries give, and what could be better.")

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let report = DoctorReport.current(libraries: LibraryVersions.all)
    try Console.output(json ? try report.json(snakeCase: true) : report.text)
  }
}
