// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import FoundationEssentials
internal import Pipeline
internal import Reports

/// The JSON Schema of scenario files, made from the keys, so that the two cannot disagree.
enum ScenarioSchema {
  static var text: String {
    get throws {
      var properties: [String: Node] = [
        "version": Node(const: ScenarioKeys.version),
        "name": Node(type: ["string"], description: "What it is, for people."),
      ]
      for command in ScenarioKeys.commands {
        var keys: [String: Node] = [:]
        for key in ScenarioKeys.of(command) where key.kind != .lines { keys[key.name] = node(key) }
        properties[command] = Node(
          type: ["object"],
          description: "Options of `sightline \(command.replacing("-", with: " "))`.",
          properties: keys,
          additionalProperties: false)
      }
      var faults: [String: Node] = [:]
      for kind in FaultKind.allCases {
        faults[kind.rawValue] = lines(kind.words + " Such as: \(kind.example).")
      }
      properties["faults"] = Node(
        type: ["object"], description: "What goes wrong while `sightline run` is under way.",
        properties: faults, additionalProperties: false)
      properties["thresholds"] = lines(
        "What must hold at the end of `run` and `bench pipeline`, such as: p99 < 200ms. One that there is "
          + "nothing to measure by is not met. \(measures)")
      return try Node(
        schema: "https://json-schema.org/draft/2020-12/schema", id: "urn:sightline:scenario:v1",
        type: ["object"], description: "A scenario: settings of sightline's commands.",
        properties: properties, additionalProperties: false, required: ["version"]
      ).json()
    }
  }

  /// What may be named, and for which command.
  private static var measures: String {
    let run = Set(RunSummary.measures)
    let bench = Set(PipelineReport.measures(.cameras, checked: 1))
    func list(_ included: (ResultMeasure) -> Bool) -> String {
      ResultMeasure.allCases.filter(included).map { "\($0.rawValue) (\($0.words))" }
        .joined(separator: ", ")
    }
    return "Measures of both: \(list { run.contains($0) && bench.contains($0) }). "
      + "Of `run` alone: \(list { run.contains($0) && !bench.contains($0) }). "
      + "Of `bench pipeline` alone: \(list { bench.contains($0) && !run.contains($0) })."
  }

  private static func lines(_ words: String) -> Node {
    Node(type: ["string", "array"], description: words, items: [Node(type: ["string"])])
  }

  private static func node(_ key: ScenarioKey) -> Node {
    let words = key.words + (key.standard.map { " Default: \($0)." } ?? "")
    return switch key.kind {
    case .flag: Node(type: ["boolean"], description: words)
    case .lines: lines(words)
    case .list:
      Node(
        type: ["string", "number", "array"], description: words,
        items: [Node(type: ["string", "number"])])
    // All of them are text in YAML too, 1/2 among them.
    case .choice(let choices): Node(type: ["string"], choices: choices, description: words)
    // Numbers may have units, so they may be text.
    case .text, .number, .count, .share, .seconds, .duration:
      Node(type: ["string", "number"], description: words)
    }
  }

  private struct Node: Encodable {
    var schema: String?
    var id: String?
    var type: [String]?
    var const: Int?
    var choices: [String]?
    var description: String?
    var properties: [String: Node]?
    var additionalProperties: Bool?
    var required: [String]?
    /// One, in an array since a value cannot hold itself.
    var items: [Node]?

    private enum CodingKeys: String, CodingKey {
      case type, const, description, properties, additionalProperties, required, items
      case choices = "enum"
      case schema = "$schema"
      case id = "$id"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(schema, forKey: .schema)
      try container.encodeIfPresent(id, forKey: .id)
      try container.encodeIfPresent(type, forKey: .type)
      try container.encodeIfPresent(const, forKey: .const)
      try container.encodeIfPresent(choices, forKey: .choices)
      try container.encodeIfPresent(description, forKey: .description)
      try container.encodeIfPresent(properties, forKey: .properties)
      try container.encodeIfPresent(additionalProperties, forKey: .additionalProperties)
      try container.encodeIfPresent(required, forKey: .required)
      try container.encodeIfPresent(items?.first, forKey: .items)
    }
  }
}
