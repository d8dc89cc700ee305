#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What making, verifying and opening a gallery on disk cost, against cat and the disk itself.

For each encoding: creates a gallery, then over several rounds, interleaved, reads its data files with
cat and verifies it, and opens it. Beside them dd, writing as many bytes with fdatasync: what the disk
takes. Data was just written, so cat and verify read it from the page cache. Medians over rounds.
Writes Bench/results/gallery-files.md and .json; the galleries are removed.
"""
import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def call(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
    return done


def machine():
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def timed(command, **options):
    start = time.monotonic()
    subprocess.run(command, check=True, **options)
    return time.monotonic() - start


def measure(binary, encoding, size, rounds, folder):
    path = Path(folder) / encoding
    made = []
    for round in range(rounds):
        shutil.rmtree(path, ignore_errors=True)
        start = time.monotonic()
        call([binary, "gallery", "create", "--size", size, "--encoding", encoding, "--out", path])
        made.append(time.monotonic() - start)
    files = sorted(file for file in path.iterdir() if file.name != "manifest.json")
    total = sum(file.stat().st_size for file in files)
    cat, verify, opened, write = [], [], [], []
    for round in range(rounds):
        with open(os.devnull, "wb") as nowhere:
            cat.append(timed(["cat", *files], stdout=nowhere))
        said = call([binary, "gallery", "verify", path]).stdout
        verify.append(float(re.search(r"in ([0-9.]+) s", said).group(1)))
        facts = json.loads(call([binary, "gallery", "info", path, "--json"]).stdout)
        opened.append(facts["open_ms"])
        target = Path(folder) / "dd"
        blocks = max(total // (1 << 20), 1)
        command = ["dd", "if=/dev/zero", f"of={target}", "bs=1M", f"count={blocks}"]
        seconds = timed([*command, "conv=fdatasync"], stderr=subprocess.DEVNULL)
        write.append(seconds * total / (blocks << 20))
        target.unlink()
    shutil.rmtree(path)
    create, reading = statistics.median(made), statistics.median(cat)
    verifying, writing = statistics.median(verify), statistics.median(write)
    return {
        "encoding": encoding,
        "templates": facts["size"],
        "bytes": total,
        "create_templates_per_second": facts["size"] / create,
        "create_mb_per_second": total / create / 1e6,
        "dd_mb_per_second": total / writing / 1e6,
        "verify_gb_per_second": total / max(verifying, 1e-3) / 1e9,
        "cat_gb_per_second": total / reading / 1e9,
        "open_ms": statistics.median(opened),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", default="1m", help="templates of float32 and int8")
    parser.add_argument("--codes", default="100m", help="templates of sketch")
    parser.add_argument("--folder", default=None, help="where to make the galleries")
    options = parser.parse_args()
    binary = ROOT / ".build/release/sightline"
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = [
            measure(binary, encoding, size, options.rounds, folder)
            for encoding, size in [
                ("float32", options.size), ("int8", options.size), ("sketch", options.codes)]
        ]
    version = call([binary, "--version"]).stdout.strip()
    facts = {"machine": machine(), "load": load, "version": version, "rounds": options.rounds}
    lines = [
        "# Galleries on disk",
        "",
        f"`Bench/gallery-files.py --rounds {options.rounds} --size {options.size} "
        f"--codes {options.codes}`: {facts['machine']}, load {load:.1f} before; {version}.",
        "Medians. Page cache warm; `dd` writes zeros with fdatasync.",
        "",
        "| encoding | templates | MB | create, templates/s | create, MB/s | dd, MB/s | "
        "verify, GB/s | cat, GB/s | open, ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        lines.append(
            f"| {row['encoding']} | {row['templates']:,} | {row['bytes'] / 1e6:,.0f} | "
            f"{row['create_templates_per_second']:,.0f} | {row['create_mb_per_second']:,.0f} | "
            f"{row['dd_mb_per_second']:,.0f} | {row['verify_gb_per_second']:.2f} | "
            f"{row['cat_gb_per_second']:.2f} | {row['open_ms']:.2f} |")
    results = ROOT / "Bench/results"
    results.mkdir(exist_ok=True)
    (results / "gallery-files.md").write_text("\n".join(lines) + "\n")
    (results / "gallery-files.json").write_text(
        json.dumps(facts | {"results": rows}, indent=2) + "\n")
    print("\n".join(lines))


main()
