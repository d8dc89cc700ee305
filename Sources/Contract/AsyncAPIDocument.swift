// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// The bus as an AsyncAPI 3 document: what is published where, with the schema and an example of each message.
package enum AsyncAPIDocument {
  /// One JSON object, self-contained: the schemas are in it. Throws if a schema is none: a fault of ours.
  package static func json(version: String) throws(ContractError) -> JSONValue {
    var schemas: [String: JSONValue] = [:]
    for published in PublishedSchema.allCases {
      var members = try JSONValue(json: published.bytes).object ?? [:]
      // Our schemas use nothing that draft 7 does not have, and that is what AsyncAPI tools must read.
      members["$schema"] = nil
      schemas[published.rawValue] = [
        "schemaFormat": "application/schema+json;version=draft-07", "schema": .object(members),
      ]
    }
    var messages: [String: JSONValue] = [:]
    for published in PublishedSchema.allCases {
      for type in published.types {
        messages[name(type)] = try message(type, published)
      }
    }
    return [
      "asyncapi": "3.0.0",
      "info": [
        "title": "Sightline events", "version": .string(version),
        "description": .string(description), "license": ["name": "Apache-2.0"],
      ],
      "defaultContentType": "application/cloudevents+json",
      "servers": [
        "nats": [
          "host": "127.0.0.1:4222", "protocol": "nats",
          "description": "NATS JetStream; the header Nats-Msg-Id is the event's id.",
        ]
      ],
      "channels": ["sightings": channel("sighting"), "truth": channel("truth")],
      "operations": [
        "publishSightings": operation("sightings", "sighting"),
        "publishTruth": operation("truth", "truth"),
      ],
      "components": [
        "messages": .object(messages),
        "schemas": .object(schemas),
      ],
    ]
  }

  private static let description = """
    Simulated sightings: markers stand for faces, model draws for templates, and every event says \
    simulated: true. Nobody real is in it. Events are CloudEvents 1.0 in the structured JSON format, \
    delivered at least once and in order for each camera: go by source and id. Fields may be added to a \
    version; none is removed, renamed or retyped. On the embedded bus, a SQLite file, they are rows of the \
    table events, in the order of seq.
    """

  /// `org.sightline.sighting.opened` is `sightingOpened` here.
  private static func name(_ type: String) -> String {
    let parts = type.split(separator: ".").suffix(2)
    return parts.first.map(String.init).map { $0 + (parts.last?.capitalized ?? "") } ?? type
  }

  private static func messages(_ kind: String) -> [String] {
    PublishedSchema(rawValue: kind)?.types.map(name) ?? []
  }

  private static func channel(_ kind: String) -> JSONValue {
    [
      "address": .string("sightline.\(kind).{site}.{camera}"),
      "description": .string(
        kind == "truth"
          ? "Who was really there; only when asked for, so that what is tested cannot peek."
          : "Sightings of one camera, in order: opened, updated, closed."),
      "parameters": [
        "site": ["description": "The installation: what --deployment names."],
        "camera": ["description": "The camera."],
      ],
      "messages": .object(
        Dictionary(
          uniqueKeysWithValues: messages(kind).map {
            ($0, ["$ref": .string("#/components/messages/\($0)")])
          })),
    ]
  }

  private static func operation(_ channel: String, _ kind: String) -> JSONValue {
    [
      "action": "send", "channel": ["$ref": .string("#/channels/\(channel)")],
      "messages": .array(
        messages(kind).map { ["$ref": .string("#/channels/\(channel)/messages/\($0)")] }),
    ]
  }

  private static func message(
    _ type: String, _ published: PublishedSchema
  ) throws(ContractError) -> JSONValue {
    [
      "name": .string(type), "contentType": "application/cloudevents+json",
      "title": .string(title[type] ?? type),
      "payload": ["$ref": .string("#/components/schemas/\(published.rawValue)")],
      "examples": .array(try ExampleEvents.of(type).map { ["payload": $0] }),
    ]
  }

  private static let title = [
    SightingPhase.opened.type: "A face was decided upon for the first time",
    SightingPhase.updated.type: "The decision on a sighting changed, or it goes on",
    SightingPhase.closed.type: "The sighting ended; each is closed exactly once",
    TruthEvent.type: "Who was really there",
  ]
}

extension Substring {
  /// With its first letter large.
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
