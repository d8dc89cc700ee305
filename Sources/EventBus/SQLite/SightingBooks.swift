// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import Sightings

/// What one commit changes in `open_sightings` and `last_events`.
///
/// Both tables follow from `events` and are there so that no start has to read the whole log. Written once a
/// commit and in its transaction: within a batch most changes supersede each other.
struct SightingBooks {
  private static let opened = SightingPhase.opened.type
  private static let updated = SightingPhase.updated.type
  private static let closed = SightingPhase.closed.type

  /// By subject, the place of the last revision; `nil` once closed.
  private var open: [String: Int64?] = [:]
  /// By camera, the place of its last sighting.
  private var last: [String: Int64] = [:]

  /// Takes note of an event that was appended at `place`.
  mutating func note(_ record: BusRecord, at place: Int64) {
    switch record.type {
    case Self.opened, Self.updated: open[record.subject] = .some(place)
    case Self.closed: open[record.subject] = .some(nil)
    default: guard record.type.hasPrefix("org.sightline.sighting.") else { return }
    }
    last[record.partitionKey] = place
  }

  /// O(subjects and cameras noted, times log n).
  func write(to database: Database) throws {
    let revise = try database.cachedStatement(
      sql: """
        INSERT INTO open_sightings VALUES (?, ?)
        ON CONFLICT (subject) DO UPDATE SET seq = excluded.seq
        """)
    let close = try database.cachedStatement(sql: "DELETE FROM open_sightings WHERE subject = ?")
    for (subject, place) in open {
      if let place {
        try revise.execute(arguments: [subject, place])
      } else {
        try close.execute(arguments: [subject])
      }
    }
    let move = try database.cachedStatement(
      sql: """
        INSERT INTO last_events VALUES (?, ?)
        ON CONFLICT (camera) DO UPDATE SET seq = excluded.seq
        """)
    for (camera, place) in last { try move.execute(arguments: [camera, place]) }
  }
}
