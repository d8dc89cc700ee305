// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import SystemPackage

/// The tables of a bus file, and how to know one.
enum SQLiteSchema {
  /// "SLbs", in the header of the file, where `file(1)` and others look for it.
  static let applicationID: Int32 = 0x534c_6273
  /// Of the tables below; raised with every change. Earlier ones are read, and brought up to date when
  /// they are written to.
  static let version: Int32 = 3

  /// Version 1. Never changed: a new file goes through all versions, so that it has the very tables of an
  /// old one that was brought up to date.
  ///
  /// `open_sightings` and `last_events` follow from `events`; they are kept so that no start has to read the
  /// whole log.
  private static let first = """
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      type TEXT NOT NULL,
      subject TEXT NOT NULL,
      partition_key TEXT NOT NULL,
      time_us INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_partition ON events (partition_key, time_us);

    CREATE TABLE open_sightings (
      subject TEXT PRIMARY KEY,
      seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER sighting_revised AFTER INSERT ON events
    WHEN NEW.type IN ('org.sightline.sighting.opened', 'org.sightline.sighting.updated')
    BEGIN
      INSERT INTO open_sightings VALUES (NEW.subject, NEW.seq)
      ON CONFLICT (subject) DO UPDATE SET seq = excluded.seq;
    END;
    CREATE TRIGGER sighting_closed AFTER INSERT ON events
    WHEN NEW.type = 'org.sightline.sighting.closed'
    BEGIN
      DELETE FROM open_sightings WHERE subject = NEW.subject;
    END;

    CREATE TABLE last_events (
      camera TEXT PRIMARY KEY,
      seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER camera_moved AFTER INSERT ON events
    WHEN NEW.type GLOB 'org.sightline.sighting.*'
    BEGIN
      INSERT INTO last_events VALUES (NEW.partition_key, NEW.seq)
      ON CONFLICT (camera) DO UPDATE SET seq = excluded.seq;
    END;

    CREATE TABLE runs (
      run_id TEXT PRIMARY KEY,
      run_key TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'stopped')),
      started_us INTEGER NOT NULL,
      ended_us INTEGER,
      facts TEXT NOT NULL,
      UNIQUE (run_key, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE checkpoints (
      run_id TEXT NOT NULL REFERENCES runs (run_id),
      camera TEXT NOT NULL,
      frame_seq INTEGER NOT NULL,
      time_us INTEGER NOT NULL,
      recent TEXT NOT NULL,
      PRIMARY KEY (run_id, camera)
    ) STRICT, WITHOUT ROWID;
    """

  /// Version 2: when an event came, consumers with their offsets, and what is kept how long.
  ///
  /// `now` stands for the arrival of events that were there before.
  private static func second(now: Int64) -> String {
    """
    ALTER TABLE events ADD COLUMN appended_us INTEGER NOT NULL DEFAULT \(now);
    CREATE TABLE consumers (
      name TEXT PRIMARY KEY,
      seq INTEGER NOT NULL CHECK (seq >= 0),
      moved_us INTEGER NOT NULL,
      lost INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE retention (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      max_age_us INTEGER CHECK (max_age_us > 0),
      max_events INTEGER CHECK (max_events > 0),
      max_bytes INTEGER CHECK (max_bytes > 0),
      when_full TEXT NOT NULL CHECK (when_full IN ('block', 'drop-oldest')),
      dropped_to INTEGER NOT NULL,
      dropped INTEGER NOT NULL
    ) STRICT;
    INSERT INTO retention VALUES (1, NULL, NULL, NULL, 'block', 0, 0);
    """
  }

  /// Version 3: less to do for every event, and events that a consumer could not bring where they belong.
  ///
  /// The index by camera cost a commit a third of its time, and nothing read by it. What is open and what
  /// came last the writer keeps itself, once a commit (`SightingBooks`).
  private static let third = """
    DROP INDEX events_by_partition;
    DROP TRIGGER sighting_revised;
    DROP TRIGGER sighting_closed;
    DROP TRIGGER camera_moved;
    CREATE TABLE parked (
      consumer TEXT NOT NULL,
      seq INTEGER NOT NULL,
      reason TEXT NOT NULL,
      parked_us INTEGER NOT NULL,
      PRIMARY KEY (consumer, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX parked_by_place ON parked (seq);
    """

  /// The version of the bus in `database`; `nil` if it is empty. Throws for another program's file and for
  /// a later version.
  static func version(of database: Database, _ path: FilePath) throws -> Int32? {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let found = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard application == applicationID else {
      let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      if application == 0, found == 0, objects == 0 { return nil }
      throw BusError(
        .notABus,
        "\(path) is another program's SQLite file; choose another name for the bus")
    }
    guard found <= version else {
      throw BusError(
        .newerVersion,
        "\(path) has version \(found), this Sightline reads up to \(version); use a later one")
    }
    return found
  }

  /// Makes the tables, or brings an earlier version up to date, all or nothing. Reads no event; the pages of
  /// a dropped index are given back one by one.
  static func update(_ database: Database, from found: Int32?) throws {
    guard found != version else { return }
    try database.inTransaction(.immediate) {
      if found == nil { try database.execute(sql: first) }
      if (found ?? 1) < 2 { try database.execute(sql: second(now: WallTime.microseconds())) }
      if (found ?? 1) < 3 { try database.execute(sql: third) }
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: "PRAGMA user_version = \(version)")
      return .commit
    }
  }
}
