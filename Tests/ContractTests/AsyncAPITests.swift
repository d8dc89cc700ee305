// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Contract
import Sightings
import Testing

@Suite struct AsyncAPITests {
  @Test func `every reference in the document leads somewhere, and every type is a message`() throws
  {
    let document = try AsyncAPIDocument.json(version: "1.2.3")
    #expect(document["asyncapi"] == "3.0.0" && document["info"]?["version"] == "1.2.3")
    var references: [String] = []
    func collect(_ value: JSONValue) {
      if let reference = value["$ref"]?.string { references.append(reference) }
      value.object?.values.forEach(collect)
      value.array?.forEach(collect)
    }
    collect(document)
    #expect(references.count >= 12)
    for reference in references {
      var here: JSONValue? = document
      for part in reference.split(separator: "/").dropFirst() { here = here?[String(part)] }
      #expect(here != nil, "\(reference)")
    }
    let messages = try #require(document["components"]?["messages"]?.object)
    #expect(
      messages.values.compactMap { $0["name"]?.string }.sorted()
        == PublishedSchema.allCases.flatMap(\.types).sorted())
    #expect(messages.values.allSatisfy { $0["examples"]?.array?.count == 1 })
  }

  @Test func `truth has a channel of its own`() throws {
    let document = try AsyncAPIDocument.json(version: "1")
    let channels = try #require(document["channels"]?.object)
    #expect(
      channels.mapValues { $0["address"]?.string ?? "" } == [
        "sightings": "sightline.sighting.{site}.{camera}",
        "truth": "sightline.truth.{site}.{camera}",
      ])
    #expect(channels["truth"]?["messages"]?.object?.count == 1)
  }
}
