// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import SystemPackage

/// The tables of a bus file, and how to know one.
enum SQLiteSchema {
  /// "SLbs", in the header of the file, where `file(1)` and others look for it.
  static let applicationID: Int32 = 0x534c_6273
  /// Of the tables below; raised with every change.
  static let version: Int32 = 1

  /// `open_sightings` and `last_events` follow from `events`; triggers keep them, so that no start has to
  /// read the whole log.
  private static let tables = """
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

  /// Whether `database` is a bus of this version (`true`) or empty (`false`). Throws for another
  /// program's file and for a later version.
  static func check(_ database: Database, _ path: FilePath) throws -> Bool {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let found = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard application == applicationID else {
      let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      if application == 0, found == 0, objects == 0 { return false }
      throw BusError(
        .notABus,
        "\(path) is another program's SQLite file; choose another name for the bus")
    }
    guard found <= version else {
      throw BusError(
        .newerVersion,
        "\(path) has version \(found), this Sightline reads up to \(version); use a later one")
    }
    return true
  }

  /// Makes the tables, all or none.
  static func create(_ database: Database) throws {
    try database.inTransaction {
      try database.execute(sql: tables)
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: "PRAGMA user_version = \(version)")
      return .commit
    }
  }
}
