#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Counts closed sightings by camera, each once: sqlite_consumer.py sightline.db counts.db [--follow]

The count and the place it was counted up to change in one transaction of our own database, so a crash
anywhere counts nothing twice and misses nothing. The bus is told afterwards, so that it keeps for us what we
have not read.
"""
import json, sqlite3, sys, time

NAME = "count by camera (python)"
bus = sqlite3.connect(f"file:{sys.argv[1]}?mode=rw", uri=True, timeout=10)
own = sqlite3.connect(sys.argv[2], timeout=10)
own.execute("CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER)")
own.execute("CREATE TABLE IF NOT EXISTS closed (camera TEXT PRIMARY KEY, sightings INTEGER)")
with bus:
    bus.execute("INSERT INTO consumers (name, seq, moved_us) VALUES (?, 0, 0) ON CONFLICT DO NOTHING", (NAME,))
seq = (own.execute("SELECT seq FROM place").fetchone() or (0,))[0]

while True:
    query = "SELECT seq, type, body FROM events WHERE seq > ? ORDER BY seq LIMIT 500"
    rows = bus.execute(query, (seq,)).fetchall()
    if not rows:
        if "--follow" not in sys.argv:
            break
        time.sleep(0.1)
        continue
    with own:  # the effect and the place, both or neither
        for seq, kind, body in rows:
            if kind == "org.sightline.sighting.closed":
                camera = json.loads(body)["data"]["camera"]["id"]
                own.execute("INSERT INTO closed VALUES (?, 1) ON CONFLICT (camera) "
                            "DO UPDATE SET sightings = sightings + 1", (camera,))
        own.execute("INSERT INTO place VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq", (seq,))
    with bus:  # what we have taken need not be kept for us
        bus.execute("UPDATE consumers SET seq = max(seq, ?), moved_us = ? WHERE name = ?",
                    (seq, time.time_ns() // 1000, NAME))
