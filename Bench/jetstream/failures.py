#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What forwarding loses, doubles or swaps when servers fail under it.

    Bench/jetstream/failures.py leader-killed|leader-frozen [--events 60000] [--rate 3000]
    Bench/jetstream/failures.py broker-away [--rate 1000] [--away 600]

Events are written to an outbox at the given rate; `sightline bus forward --follow` sends them to three
servers with three replicas (one for broker-away). A third of the way the leader is killed or stopped, and
started or continued eight seconds later; or the broker is killed and stays away.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time

from servers import Folder, append, check, cluster, load, new_outbox, resident, sightline, url, version


class Writer(threading.Thread):
    """Writes `events` at `rate`; time is kept from the start, so that a slow commit is made up for."""

    def __init__(self, path, events, rate, size, cameras):
        super().__init__(daemon=True)
        self.path, self.events, self.rate, self.size, self.cameras = path, events, rate, size, cameras
        self.written, self.late, self.stopped = 0, 0.0, False

    def run(self):
        import sqlite3
        outbox = sqlite3.connect(self.path, timeout=30)
        start = time.monotonic()
        step = max(1, self.rate // 20)
        while self.written < self.events and not self.stopped:
            until = start + self.written / self.rate
            wait = until - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.late = max(self.late, -wait)
            upto = min(self.events, self.written + step)
            append(outbox, range(self.written, upto), self.size, self.cameras)
            self.written = upto


class Follower:
    """Looks at the outbox's offset: how far forwarding has come, and for how long it stood still."""

    def __init__(self, outbox):
        self.outbox = outbox
        self.place, self.moved, self.longest = 0, time.monotonic(), 0.0

    def look(self):
        row = self.outbox.execute("SELECT max(seq) FROM consumers").fetchone()
        place = row[0] or 0
        now = time.monotonic()
        if place > self.place:
            self.longest = max(self.longest, now - self.moved)
            self.place, self.moved = place, now
        return place


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["leader-killed", "leader-frozen", "broker-away"])
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--rate", type=int)
    parser.add_argument("--away", type=float, default=600)
    parser.add_argument("--bytes", type=int, default=700)
    parser.add_argument("--cameras", type=int, default=200)
    given = parser.parse_args()
    away = given.what == "broker-away"
    rate = given.rate or (1000 if away else 3000)
    events = int(rate * (given.away + 40)) if away else given.events
    print("%s: %s, %d events at %d/s, %d cameras; %s" % (
        given.what, version(), events, rate, given.cameras, load()), flush=True)
    with Folder() as folder:
        path = os.path.join(folder, "outbox.db")
        outbox = new_outbox(path)
        first = outbox.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        base = first[0] if first else 0
        nodes = cluster(folder, 1 if away else 3)
        forward = None
        try:
            if not away:
                time.sleep(4)
            # Made before the clock runs: a cluster takes a while to be one.
            for _ in range(60):
                out = subprocess.run(
                    [sightline(), "bus", "forward", "--outbox", "sqlite:" + path, "--to",
                     url(nodes, "" if away else "?replicas=3"), "--json"], capture_output=True, text=True)
                if out.returncode == 0 and "error" not in nodes[0].info():
                    break
                time.sleep(0.5)
            else:
                sys.exit("no stream: " + out.stderr)
            errors = open(os.path.join(folder, "forward.err"), "wb")
            forward = subprocess.Popen(
                [sightline(), "bus", "forward", "--follow", "--outbox", "sqlite:" + path, "--to",
                 url(nodes, "" if away else "?replicas=3"), "--json"],
                stdout=subprocess.PIPE, stderr=errors)
            time.sleep(1)
            writer = Writer(path, events, rate, given.bytes, given.cameras)
            follower = Follower(outbox)
            writer.start()
            if away:
                broker_away(given, nodes[0], writer, follower, forward, base)
            else:
                leader(given, nodes, writer, follower, events)
            while follower.look() < base + events:
                if forward.poll() is not None:
                    sys.exit("forwarding ended early")
                time.sleep(0.02)
            memory = resident(forward.pid)
            forward.send_signal(signal.SIGINT)
            report = json.loads(forward.communicate(timeout=30)[0])
            forward = None
            errors.close()
            with open(os.path.join(folder, "forward.err")) as file:
                told = [line.rstrip() for line in file]
            live = nodes[-1]
            found = check(live, events, given.cameras)
            print("  told: " + "\n        ".join(told))
            print("  forwarded %(forwarded)d, there already %(duplicates)d, tries failed %(failures)d, "
                  "connections %(connections)d" % report)
            print("  longest time without progress %.1f s; memory at the end %.0f MiB, at most %.0f MiB" % (
                (follower.longest,) + memory))
            print("  lost %(lost)d, twice %(twice)d, out of order within a camera %(out_of_order)d "
                  "(%(on_stream)d on the stream); " % found + load())
            sys.exit(1 if found["lost"] or found["twice"] or found["out_of_order"] else 0)
        finally:
            if forward:
                forward.kill()
            for node in nodes:
                if node.process:
                    node.signal(signal.SIGCONT)
                node.kill()


def leader(given, nodes, writer, follower, events):
    while writer.written < events // 3:
        follower.look()
        time.sleep(0.02)
    name = nodes[0].info()["cluster"]["leader"]
    node = next(n for n in nodes if n.name == name)
    print("  %s leads; %s after %d events" % (
        name, "killed" if given.what == "leader-killed" else "stopped", writer.written), flush=True)
    if given.what == "leader-killed":
        node.kill()
    else:
        node.signal(signal.SIGSTOP)
    until = time.monotonic() + 8
    while time.monotonic() < until:
        follower.look()
        time.sleep(0.02)
    if given.what == "leader-killed":
        node.start()
    else:
        node.signal(signal.SIGCONT)
    while writer.written < events:
        follower.look()
        time.sleep(0.02)


def broker_away(given, broker, writer, follower, forward, base):
    time.sleep(10)
    before = resident(forward.pid)[0]
    broker.kill()
    start = time.monotonic()
    marks = []
    while time.monotonic() - start < given.away:
        time.sleep(min(30, given.away / 10))
        marks.append(resident(forward.pid)[0])
    waiting = writer.written - (follower.look() - base)
    print("  away %.0f s; memory before %.0f MiB, while away %s MiB" % (
        given.away, before, " ".join("%.0f" % m for m in marks)), flush=True)
    broker.start()
    back, place = time.monotonic(), follower.place
    began = None
    while True:
        now = follower.look()
        if began is None and now > place:
            began = time.monotonic()
        # Caught up: not more behind than a second's events.
        if writer.written - (now - base) < writer.rate:
            break
        time.sleep(0.02)
    end = time.monotonic()
    print("  %d events waited; first acknowledged %.1f s after the broker was back, caught up after %.1f s: "
          "%.0f events/s, %.1f times the rate at which they come" % (
              waiting, began - back, end - back, (now - place) / (end - began),
              (now - place) / (end - began) / writer.rate), flush=True)


main()
