#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Counts closed sightings by camera, each once: nats_consumer.py nats://127.0.0.1:4222 STREAM counts.db [--once]

Needs nats-py. JetStream delivers at least once; source and id, kept in the same transaction as the count, drop
what comes again. The message is acknowledged when that is on our disk.
"""
import asyncio, json, sqlite3, sys
import nats

own = sqlite3.connect(sys.argv[3], timeout=10)
own.execute("CREATE TABLE IF NOT EXISTS seen (source TEXT, id TEXT, PRIMARY KEY (source, id))")
own.execute("CREATE TABLE IF NOT EXISTS closed (camera TEXT PRIMARY KEY, sightings INTEGER)")


def handle(event):
    new = own.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (event["source"], event["id"])).rowcount
    if new and event["type"] == "org.sightline.sighting.closed":
        own.execute("INSERT INTO closed VALUES (?, 1) ON CONFLICT (camera) "
                    "DO UPDATE SET sightings = sightings + 1", (event["data"]["camera"]["id"],))


async def main():
    connection = await nats.connect(sys.argv[1])
    stream = connection.jetstream()
    consumer = await stream.pull_subscribe("sightline.sighting.>", durable="count-by-camera", stream=sys.argv[2])
    while True:
        try:
            messages = await consumer.fetch(500, timeout=2)
        except nats.errors.TimeoutError:
            if "--once" in sys.argv:
                break
            continue
        with own:  # all of them or none
            for message in messages:
                handle(json.loads(message.data))
        for message in messages:
            await message.ack()
    await connection.close()


asyncio.run(main())
