// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import SystemPackage
import Testing

@Suite struct BusLocationTests {
  @Test(arguments: [
    ("sqlite:events.db", "events.db"), ("sqlite:/var/a b.x", "/var/a b.x"),
    ("SQLite:e", "e"), ("runs/events.db", "runs/events.db"), ("./a.sqlite", "./a.sqlite"),
    ("/a/b:c.db", "/a/b:c.db"),
  ])
  func `files are read`(text: String, path: String) throws {
    #expect(try BusLocation(text) == .sqlite(.init(path)))
    #expect(try BusLocation(text).description == "sqlite:\(path)")
  }

  @Test(arguments: ["", "kafka:x", "sqlite:", "events", "events.txt"])
  func `anything else is refused, with what is known`(text: String) {
    let error = expectBusError(.unknownLocation) { _ = try BusLocation(text) }
    #expect(error?.message.contains("sqlite:PATH") == true)
  }
}
