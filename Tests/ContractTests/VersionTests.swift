// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Contract
import Sightings
import Testing

/// What was published once holds for ever.
@Suite struct VersionTests {
  @Test(arguments: Fixtures.sightings)
  func `today's reader and today's schema accept events of every version`(version: String) throws {
    let validator = try EventValidator()
    let lines = try Fixtures.lines("sighting-\(version).jsonl")
    #expect(lines.count == 4)
    for line in lines {
      #expect(validator.faults(in: Array(line.utf8)).isEmpty)
      let event = try SightingEvent(json: Array(line.utf8))
      #expect(line.contains(event.id) && event.data.candidates.count > 0)
    }
  }

  @Test(arguments: Fixtures.sightings.map { ("sighting", $0) } + [("truth", "1.0")])
  func `today's schema only adds to every version`(name: String, version: String) throws {
    let old = try JSONValue(json: Fixtures.bytes("\(name)-\(version).schema.json"))
    let new = try JSONValue(json: try #require(PublishedSchema(rawValue: name)).bytes)
    #expect(Additions.breaks(from: old, to: new) == [])
  }

  @Test func `what is no addition is found`() throws {
    let old = try JSONValue(json: PublishedSchema.sighting.bytes)
    let text = String(decoding: PublishedSchema.sighting.bytes, as: UTF8.self)
    for (from, to) in [
      (
        "\"revision\": {\n          \"type\": \"integer\"",
        "\"revision\": {\n          \"type\": \"number\""
      ),
      ("\"last_seen\": {", "\"seen_last\": {"),
      ("            \"alert\",\n", ""),
      ("\"minimum\": 1,", "\"minimum\": 2,"),
      ("^syn-[0-9]{10,20}$", "^person-[0-9]+$"),
      ("        \"count\",\n        \"camera\",", "        \"camera\","),
      (
        "        \"rule\",\n        \"model\",",
        "        \"rule\",\n        \"timings_us\",\n        \"model\","
      ),
    ] {
      let changed = text.replacing(from, with: to, maxReplacements: 1)
      #expect(changed != text, "\(from)")
      let new = try JSONValue(json: Array(changed.utf8))
      #expect(Additions.breaks(from: old, to: new) != [], "\(from)")
    }
  }

  @Test func `unknown added fields are passed over, in every object that is open to them`() throws {
    let validator = try EventValidator()
    for line in try Fixtures.lines("sighting-1.1.jsonl") {
      let added =
        line
        .replacing("\"camera\":{", with: "\"camera\":{\"place\":[1,{\"a\":null}],")
        .replacing("{\"correlationid\"", with: "{\"added\":1.5,\"correlationid\"")
        .replacing("\"search\":{", with: "\"search\":{\"probes\":true,")
        .replacing("{\"above_threshold\"", with: "{\"odds\":\"even\",\"above_threshold\"")
      #expect(added.contains("odds") && added.contains("probes"))
      #expect(validator.faults(in: Array(added.utf8)).isEmpty)
      let event = try SightingEvent(json: Array(added.utf8))
      #expect(try event.json() == SightingEvent(json: Array(line.utf8)).json())
    }
  }

  @Test func `there is an example of every type, and each is valid`() throws {
    let validator = try EventValidator()
    var types: [String] = []
    for line in ExampleEvents.lines {
      #expect(validator.faults(in: Array(line.utf8)).isEmpty)
      types.append(try #require(try JSONValue(json: Array(line.utf8))["type"]?.string))
    }
    #expect(types.sorted() == PublishedSchema.allCases.flatMap(\.types).sorted())
  }
}
