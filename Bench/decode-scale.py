#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What decode scale and locating cost, and what they miss.

Renders one frame set, runs it at every decode scale and decimation, interleaved over several rounds
(A B C A B C ...), and writes Bench/results/decode-scale.md and .json: frames per second and CPU
milliseconds a frame beside the share of appearances found. Medians over rounds.
"""
import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = [
    # scale, locate, decimation
    ("1/1", "frame", "1"),
    ("1/1", "frame", "2"),
    ("1/2", "frame", "1"),
    ("1/2", "frame", "2"),
    ("1/4", "frame", "1"),
    ("1/8", "frame", "1"),
    ("1/1", "boxes", "1"),
    ("1/2", "boxes", "1"),
]


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def call(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def machine():
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gallery-size", default="100k")
    parser.add_argument("--seconds", default="20")
    parser.add_argument("--cameras", default="6")
    parser.add_argument("--size", default="1280x720")
    options = parser.parse_args()

    build = ["swift", "build", "-c", "release", "--package-path", str(ROOT)]
    subprocess.run(build + ["--product", "sightline"], check=True, stdout=sys.stderr)
    sightline = call(build + ["--show-bin-path"]).strip() + "/sightline"

    with tempfile.TemporaryDirectory() as scratch:
        frames = f"{scratch}/frames"
        simulate = ["simulate", "--cameras", options.cameras, "--seconds", options.seconds,
                    "--fps", "5", "--size", options.size, "--seed", "11"]
        call([sightline, *simulate, "--out", frames])
        rows = {case: [] for case in CASES}
        for round_ in range(options.rounds):
            for number, case in enumerate(CASES):
                scale, locate, decimation = case
                bus = f"sqlite:{scratch}/bus-{round_}-{number}.db"
                before, start = cpu_seconds(), time.monotonic()
                summary = json.loads(call([
                    sightline, "run", frames, "--gallery-size", options.gallery_size,
                    "--bus", bus, "--scale", scale, "--locate", locate,
                    "--decimation", decimation, "--json"]))
                wall, cpu = time.monotonic() - start, cpu_seconds() - before
                score = json.loads(call([sightline, "score", frames, "--bus", bus, "--json"]))
                rows[case].append({"summary": summary, "score": score, "wall_s": wall, "cpu_s": cpu})
                print(f"round {round_ + 1}/{options.rounds}: {scale} {locate} {decimation}: "
                      f"{summary['frames_per_second']:.0f} frames/s", file=sys.stderr)

    def median(case, pick):
        return statistics.median(pick(run) for run in rows[case])

    def stage(run, name, key):
        return next((s[key] for s in run["summary"]["stages"] if s["name"] == name), 0.0)

    first = rows[CASES[0]][0]
    results = []
    for case in CASES:
        score = rows[case][0]["score"]
        results.append({
            "scale": case[0], "locate": case[1], "decimation": float(case[2]),
            "frames_per_second": median(case, lambda r: r["summary"]["frames_per_second"]),
            "decode_p50_ms": median(case, lambda r: stage(r, "decode", "p50_ms")),
            "locate_p50_ms": median(case, lambda r: stage(r, "locate", "p50_ms")),
            "process_cpu_s": median(case, lambda r: r["cpu_s"]),
            "right": score["right"], "wrong": score["wrong"], "missed": score["missed"],
            "appearances": score["appearances"],
        })
    report = {
        "machine": machine(), "load_at_end": os.getloadavg()[0], "rounds": options.rounds,
        "version": first["summary"]["software_version"],
        "frames": first["summary"]["frames"]["in"], "gallery": first["summary"]["gallery"]["size"],
        "threshold": first["summary"]["threshold"], "simulate": simulate, "results": results,
    }
    out = ROOT / "Bench" / "results"
    out.mkdir(exist_ok=True)
    (out / "decode-scale.json").write_text(json.dumps(report, indent=2) + "\n")
    lines = [
        "# Decode scale: what it saves and what it misses", "",
        f"{report['frames']} frames {options.size}, {options.cameras} cameras, gallery "
        f"{report['gallery']:,}, threshold {report['threshold']['value']:.4f}; "
        f"medians of {options.rounds} rounds, cases interleaved.",
        f"{report['machine']}; load {report['load_at_end']:.1f} at the end. "
        f"sightline {report['version']}, `Bench/decode-scale.py`.", "",
        "Right and wrong count sightings; appearances are passes of enrolled people whose marker "
        "reached 24 px.", "",
        "| scale | locate | decimation | frames/s | decode p50 ms | locate p50 ms | process CPU s "
        "| right / appearances | wrong |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in results:
        lines.append(
            f"| {row['scale']} | {row['locate']} | {row['decimation']:g} "
            f"| {row['frames_per_second']:.0f} | {row['decode_p50_ms']:.2f} "
            f"| {row['locate_p50_ms']:.2f} | {row['process_cpu_s']:.1f} "
            f"| {row['right']} / {row['appearances']} | {row['wrong']} |")
    (out / "decode-scale.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
