// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Testing

/// `open_sightings` and `last_events` against what the events themselves say.
@Suite struct BooksTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  private static let types = ["opened", "updated", "closed", "merged"].map {
    "org.sightline.sighting.\($0)"
  }

  /// Some revision of few sightings by few cameras, in no sensible order; of 300 ids, so that some come twice.
  private static func record(_ draw: inout SystemRandomNumberGenerator) -> BusRecord {
    let number = Int.random(in: 0..<300, using: &draw)
    let type = (types + ["org.sightline.truth.recorded", "org.sightline.sighting"])[number % 6]
    return BusRecord(
      id: "id-\(number)", type: type, subject: "s-\(number / 6 % 20)",
      partitionKey: "cam-\(number / 6 % 7)", timeMicroseconds: Int64(number), body: Array("{}".utf8)
    )
  }

  @Test func `an event that is there already takes no place`() async throws {
    let log = try SQLiteLog(shop.path())
    for range in [0..<10, 5..<12, 0..<12] { _ = try await log.commit(Workshop.batch(range)) }
    #expect(
      try Workshop.python(shop.path(), "SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        == "12")
    #expect(try Workshop.python(shop.path(), "SELECT max(seq), count(*) FROM events") == "12,12")
    try log.close()
  }

  @Test(arguments: 0..<4)
  func `they follow from the events, however these were batched`(round: Int) async throws {
    var draw = SystemRandomNumberGenerator()
    let log = try SQLiteLog(shop.path())
    for _ in 0..<12 {
      let records = (0..<Int.random(in: 1...40, using: &draw)).map { _ in Self.record(&draw) }
      _ = try await log.commit(CommitBatch(records: records))
      let telling = "('\(Self.types[..<3].joined(separator: "','"))')"
      #expect(
        try Workshop.python(shop.path(), "SELECT subject, seq FROM open_sightings ORDER BY subject")
          == Workshop.python(
            shop.path(),
            """
            SELECT subject, seq FROM events AS e WHERE type <> '\(Self.types[2])' AND seq = (
              SELECT max(seq) FROM events WHERE subject = e.subject AND type IN \(telling))
            ORDER BY subject
            """))
      #expect(
        try Workshop.python(shop.path(), "SELECT camera, seq FROM last_events ORDER BY camera")
          == Workshop.python(
            shop.path(),
            """
            SELECT partition_key, max(seq) FROM events WHERE type LIKE 'org.sightline.sighting.%'
            GROUP BY partition_key ORDER BY partition_key
            """))
    }
    try log.close()
  }
}
