# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Our matchers and other people's on the same vectors, with the same threads, in turn. See Bench/peers/run."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import machine
import report
from accuracy import Halves, candidates, compare
from bars import bars
from measure import time_in_turn
from plan import TARGET, Entry, Group, groups, setting
from results import GroupResult, SameIds
from sides import Pair, SideError
from tuning import K, choose
from vectors import Truth, read_fbin

ROOT = Path(__file__).resolve().parents[2]
#: Of entries that batches make no faster.
FEW_PROBES = 256


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Bench/peers/run", description=__doc__)
    parser.add_argument("--driver", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--size", type=float, default=1e6, help="templates, %(default)g unless told"
    )
    parser.add_argument(
        "--graph-size", type=float, default=2e5, help="templates for graphs, whose build is slow"
    )
    parser.add_argument(
        "--probes", type=int, default=4096, help="half of them mated, half for choosing settings"
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batch", default="1,8,64,256")
    parser.add_argument(
        "--only",
        default="",
        help="groups (exact, int8, coded, graph) or peers, such as exact,numkong",
    )
    parser.add_argument("--quick", action="store_true", help="1e5 templates, 3 rounds, fewer peers")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "Bench/results/peers", help="without .md and .json"
    )
    options = parser.parse_args()
    if options.quick:
        options.size, options.graph_size = min(options.size, 1e5), min(options.graph_size, 5e4)
        options.rounds, options.probes = min(options.rounds, 3), min(options.probes, 1024)
    for name in ("threads", "batch"):
        try:
            values = tuple(int(word) for word in getattr(options, name).split(","))
        except ValueError:
            parser.error(f"--{name} is numbers with commas between")
        if min(values) < 1:
            parser.error(f"--{name} is numbers of 1 or more")
        setattr(options, name, values)
    if options.rounds < 1 or options.probes < 64 or options.size < 1e4 or options.graph_size < 1e4:
        parser.error("--rounds is 1 or more, --probes 64 or more, and sizes 10,000 or more")
    return options


def vectors(options: argparse.Namespace, size: int) -> Path:
    """The folder of the vectors for this size, made by our own driver."""
    folder = options.work / f"vectors-{size}-{options.probes}"
    if not (folder / "truth.json").exists():
        needed = size * 2048 + options.probes * 2048
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < needed + (1 << 30):
            sys.exit(
                f"{folder} needs {needed / 1e9:.1f} GB; make room, or ask for a smaller --size"
            )
        command = [
            options.driver,
            "export",
            "--size",
            size,
            "--probes",
            options.probes,
            "--out",
            folder,
        ]
        subprocess.run([str(word) for word in command], check=True)
    return folder


def same_ids(pair: Pair, folder: Path, exact: np.ndarray) -> SameIds:
    """Our exact lists against faiss's."""
    theirs = candidates(pair.peers, "faiss-flat:blas=1", 1, 256, K, len(exact))
    probes, rows = read_fbin(folder / "probes.fbin"), read_fbin(folder / "templates.fbin")
    same = (theirs == exact).all(axis=1)
    rounding = 0
    for probe in np.flatnonzero(~same):
        scores = [
            rows[ids].astype(np.float64) @ probes[probe] for ids in (exact[probe], theirs[probe])
        ]
        rounding += bool(np.abs(scores[0] - scores[1]).max() < 1e-6)
    return SameIds(len(exact), int(same.sum()), rounding)


def prepare(pair: Pair, result: GroupResult, title: str, side: str, name: str) -> bool:
    """Builds a matcher; one that its side does not have is left out, and said to be."""
    start = time.monotonic()
    try:
        told = pair[side].ask("prepare", name)
    except SideError as error:
        result.absent[title] = str(error)
        print(f"  {title} is left out: {error}", file=sys.stderr)
        return False
    result.prepared[title] = told | {"seconds": time.monotonic() - start}
    return True


def scan_entries(pair: Pair, result: GroupResult, exact: np.ndarray, truth: Truth) -> list[Entry]:
    """Our scan alone, and PQ fast-scans of 32 bytes or less alone, at lists as long as they need for the
    mate recall that our whole search has."""
    ours = next((c for c in result.chosen if c.family.side == "ours" and c.entry), None)
    if ours is None or ours.setting is None:
        return []
    length = ours.setting.rpartition("=")[2]
    entries = [
        Entry("Sightline sketch, scan alone", "ours", f"sketch-scan:list={length}", lists=False)
    ]
    for family in (c.family for c in result.chosen if "PQ fast-scan" in c.family.title):
        if (
            family.base.startswith("faiss-pq")
            and result.prepared[family.title]["bytes_per_template"] <= 32
        ):
            equal = choose(pair, family, exact, truth, ours.tuning_recall)
            if equal.setting is not None:
                factor = equal.setting.rpartition("=")[2]
                title = family.title.replace("+ refine", f"alone, best {K * int(factor)}")
                name = setting(family.base, f"raw={factor}")
                entries.append(Entry(title, "peers", name, lists=False))
    return entries


def run(group: Group, options: argparse.Namespace, environment: dict[str, str]) -> GroupResult:
    print(f"{group.title}, {group.size} templates", file=sys.stderr)
    folder = vectors(options, group.size)
    truth = Truth.read(folder)
    pair = Pair.start(options.driver, folder, group.size, environment)
    try:
        result = GroupResult(group, {})
        exact = candidates(pair.ours, "exact", 2, 256, K, options.probes)
        if group.key == "exact":
            result.ids = same_ids(pair, folder, exact)
        else:
            pair.ours.ask("drop")
        entries = [e for e in group.entries if prepare(pair, result, e.title, e.side, e.name)]
        families = [f for f in group.families if prepare(pair, result, f.title, f.side, f.base)]
        result.chosen = [choose(pair, family, exact, truth) for family in families]
        entries += [chosen.entry for chosen in result.chosen if chosen.entry]
        if group.key == "coded":
            entries += scan_entries(pair, result, exact, truth)
        reporting = Halves.of(truth).reporting
        for entry in (entry for entry in entries if entry.lists):
            # Threads change no list, and one does not spin where the machine is shared. Entries that are
            # slow in batches are asked fewer probes.
            few = entry.batches is not None
            count = min(FEW_PROBES, options.probes) if few else options.probes
            batch = 8 if few else 64
            found = candidates(pair[entry.side], entry.name, 1, batch, K, count)
            result.accuracy[entry.title] = compare(
                found, exact[:count], truth.first(count), reporting[:count]
            )
        others = machine.Others(pair)
        for threads in options.threads:
            for batch in group.batches:
                result.cells += time_in_turn(pair, entries, threads, batch, K, options.rounds)
        result.others_cores = others.cores()
        result.facts = {"ours": pair.ours.ask("facts"), "peers": pair.peers.ask("facts")}
        return result
    finally:
        pair.close()


def main() -> None:
    options = arguments()
    before = machine.load()
    core, trials = machine.fastest_core()
    print(f"OpenBLAS kernels: {core or 'its own choice'}", file=sys.stderr)
    version = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    asked = groups(
        int(options.size), int(options.graph_size), options.batch, options.only, options.quick
    )
    done = [run(group, options, machine.environment(core)) for group in asked]
    verdicts = bars(done)
    facts: dict[str, Any] = {
        "version": version,
        "machine": machine.facts(),
        "packages": machine.versions(),
        "openblas_kernels": core or "its own choice",
        "openblas_trials_seconds": trials,
        "load_before": before,
        "load_after": machine.load(),
        "rounds": options.rounds,
        "k": K,
        "probes": options.probes,
        "recall_target": TARGET,
        "quick": options.quick,
        "bars": [bar.as_json() for bar in verdicts],
        "groups": [result.as_json() for result in done],
    }
    page = report.page(facts, done, verdicts)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{options.out}.json").write_text(json.dumps(facts, indent=1) + "\n")
    Path(f"{options.out}.md").write_text(page)
    print(page, end="")


if __name__ == "__main__":
    main()
