#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""How fast forwarding is beside a C program that does only js_PublishAsync: one server, acknowledged and
de-duplicated, by turns so that whatever else the machine does falls on both.

    Bench/jetstream/rate.py [--events 100000] [--bytes 700] [--cameras 1000] [--rounds 5]
"""
import argparse
import json
import os
import resource
import statistics
import subprocess

from servers import STREAM, Folder, append, check, cluster, load, new_outbox, sightline, url, version, HERE


def spent():
    """CPU seconds of the programs that were run and have ended; servers run on."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=700)
    parser.add_argument("--cameras", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in-flight", type=int, default=4096)
    given = parser.parse_args()
    with Folder() as folder:
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libnats"],
                               capture_output=True, text=True, check=True).stdout.split()
        program = os.path.join(folder, "publish")
        subprocess.run(["clang", "-O2", "-o", program, os.path.join(HERE, "publish.c"), *flags], check=True)
        outbox_path = os.path.join(folder, "outbox.db")
        outbox = new_outbox(outbox_path)
        for start in range(0, given.events, 10_000):
            append(outbox, range(start, min(start + 10_000, given.events)), given.bytes, given.cameras)
        nodes = cluster(folder, 1)
        print("%s; %d events of %d bytes, %d cameras; %s" % (
            version(), given.events, given.bytes, given.cameras, load()))
        ours, theirs = [], []
        try:
            for round in range(given.rounds):
                for side in ("c", "ours"):
                    before, own = nodes[0].cpu(), spent()
                    if side == "c":
                        out = subprocess.run(
                            [program, "nats://127.0.0.1:%d" % nodes[0].port, STREAM, str(given.events),
                             str(given.bytes), str(given.cameras), str(given.in_flight)],
                            capture_output=True, text=True, check=True).stdout.split()
                        seconds, failures = float(out[0]), int(out[1])
                        theirs.append(given.events / seconds)
                    else:
                        out = subprocess.run(
                            [sightline(), "bus", "forward", "--outbox", "sqlite:" + outbox_path, "--to",
                             url(nodes), "--consumer", "round-%d" % round, "--json"], capture_output=True, text=True, check=True)
                        report = json.loads(out.stdout)
                        seconds, failures = report["seconds"], report["failures"]
                        ours.append(given.events / seconds)
                    own = spent() - own
                    found = check(nodes[0], given.events, given.cameras)
                    bad = {k: v for k, v in found.items() if k != "on_stream" and v}
                    print("round %d %-4s %8.0f events/s, %.2f s CPU, server %.2f s%s%s" % (
                        round + 1, side, given.events / seconds, own, nodes[0].cpu() - before,
                        ", %d tries failed" % failures if failures else "", ", %s" % bad if bad else ""),
                        flush=True)
                    nodes[0].request("$JS.API.STREAM.DELETE." + STREAM)
        finally:
            for node in nodes:
                node.kill()
        ratios = sorted(a / b for a, b in zip(ours, theirs))
        print("median %.0f events/s ours, %.0f C; ratio by round median %.2f (%.2f to %.2f); %s" % (
            statistics.median(ours), statistics.median(theirs), statistics.median(ratios), ratios[0],
            ratios[-1], load()))


main()
