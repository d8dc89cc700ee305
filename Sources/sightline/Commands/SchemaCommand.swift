// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Contract
internal import Files
internal import Glibc
internal import Pipeline
internal import Reports
internal import Sightings
internal import SystemPackage

struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "The contract of the events: their JSON Schemas, a check against them, AsyncAPI.",
    discussion: """
      Fields may be added to a version of a schema; none is removed, renamed or retyped. Readers pass over \
      fields they do not know. What cannot keep to that becomes a new type.
      """,
    subcommands: [Show.self, Examples.self, Validate.self, AsyncAPI.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a JSON Schema, or list what there is.")

    @Argument(help: "sighting or truth; without it, the list.")
    var schema: PublishedSchema?

    func run() throws {
      if let schema {
        let text = String(decoding: schema.bytes, as: UTF8.self)
        try Console.output(text.last == "\n" ? String(text.dropLast()) : text)
      } else {
        for schema in PublishedSchema.allCases {
          try Console.output(
            "\(schema.rawValue)  \(schema.urn)  \(schema.types.joined(separator: " "))")
        }
      }
    }
  }

  struct Examples: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print an event of each type, as JSON lines.")

    func run() throws {
      for line in ExampleEvents.lines { try Console.output(line) }
    }
  }

  struct AsyncAPI: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "asyncapi",
      abstract: "Print the bus as an AsyncAPI 3.0 document, with the schemas in it.")

    func run() throws {
      try Console.output(try AsyncAPIDocument.json(version: SoftwareVersion.current).text)
    }
  }

  struct Validate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check events, one JSON object a line, against the schema of their type.",
      discussion: """
        Every keyword of the published schemas is checked (types, required fields, constants, words, \
        patterns, ranges, times, conditions), by a validator of our own; then that this version reads the \
        event. What JSON forbids and many readers let pass, such as a key that comes twice, is refused.

        Exit status 1 with line and field of the first ten faults, if there are any.
        """)

    @Argument(help: "File of events, such as `sightline bus tail` prints; - is standard input.")
    var file: String = "-"

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
      let validator = try EventValidator()
      var tally = ValidationTally()
      let progress = CountProgress("schema validate")
      let name = file == "-" ? "standard input" : file
      let lines = try LineReader(file)
      var number = 0
      while let line = try lines.next() {
        number += 1
        tally.check(line, number: number, by: validator)
        progress.update(tally.events)
      }
      progress.finish()
      for fault in tally.faults {
        Console.error(
          "sightline: \(name), line \(fault.line): "
            + (fault.field.isEmpty ? fault.what : "\(fault.field) \(fault.what)"))
      }
      if json { try Console.output(try tally.json(snakeCase: true)) }
      guard tally.valid == tally.events else {
        Console.error(
          "sightline: \(Text.count(tally.events - tally.valid)) of \(Text.count(tally.events)) events "
            + "of \(name) are not valid")
        throw ExitCode(ExitStatus.failure)
      }
      if !json { try Console.output("\(name): all \(Text.count(tally.events)) events are valid") }
    }
  }
}

extension PublishedSchema: ExpressibleByArgument {}
