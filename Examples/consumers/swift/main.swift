// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// Counts closed sightings by camera, each once: example-consumer sightline.db counts.db [--follow]
//
// The count and the place it was counted up to change in one transaction of our own database, so a crash
// anywhere counts nothing twice and misses nothing. The bus is told afterwards, so that it keeps for us what
// we have not read. To copy it: a package with GRDB and this file.

import Foundation
import GRDB

struct Event: Decodable {
  struct Content: Decodable { let camera: Camera }
  struct Camera: Decodable { let id: String }
  let data: Content
}

let name = "count by camera (swift)"
let arguments = CommandLine.arguments
var patient = Configuration()
patient.busyMode = .timeout(10)
// The bus makes its file; a consumer must not.
guard FileManager.default.fileExists(atPath: arguments[1]) else {
  fatalError("no bus \(arguments[1])")
}
let bus = try DatabaseQueue(path: arguments[1], configuration: patient)
let own = try DatabaseQueue(path: arguments[2], configuration: patient)
var place = try own.write { database in
  try database.execute(
    sql: """
      CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER);
      CREATE TABLE IF NOT EXISTS closed (camera TEXT PRIMARY KEY, sightings INTEGER);
      """)
  return try Int64.fetchOne(database, sql: "SELECT seq FROM place") ?? 0
}
try bus.write {
  try $0.execute(
    sql: "INSERT INTO consumers (name, seq, moved_us) VALUES (?, 0, 0) ON CONFLICT DO NOTHING",
    arguments: [name])
}
while true {
  let rows = try bus.read {
    try Row.fetchAll(
      $0, sql: "SELECT seq, type, body FROM events WHERE seq > ? ORDER BY seq LIMIT 500",
      arguments: [place])
  }
  guard let last = rows.last?["seq"] as Int64? else {
    guard arguments.contains("--follow") else { break }
    Thread.sleep(forTimeInterval: 0.1)
    continue
  }
  try own.write { database in  // the effect and the place, both or neither
    for row in rows where row["type"] == "org.sightline.sighting.closed" {
      let body: String = row["body"]
      let event = try JSONDecoder().decode(Event.self, from: Data(body.utf8))
      try database.execute(
        sql: """
          INSERT INTO closed VALUES (?, 1) ON CONFLICT (camera) DO UPDATE SET sightings = sightings + 1
          """, arguments: [event.data.camera.id])
    }
    try database.execute(
      sql: "INSERT INTO place VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq",
      arguments: [last])
  }
  place = last
  try bus.write {  // what we have taken need not be kept for us
    try $0.execute(
      sql: "UPDATE consumers SET seq = max(seq, ?), moved_us = ? WHERE name = ?",
      arguments: [last, Int64(Date().timeIntervalSince1970 * 1e6), name])
  }
}
