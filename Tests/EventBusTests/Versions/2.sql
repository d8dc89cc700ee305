-- The tables of version 2 as it made them. Never changed.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  body TEXT NOT NULL
, appended_us INTEGER NOT NULL DEFAULT 1795436256879919) STRICT;
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
INSERT INTO consumers (name, seq, moved_us) VALUES ('slow', 1, 5);
PRAGMA application_id = 0x534c6273;
PRAGMA user_version = 2;
