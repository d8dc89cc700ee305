# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Timing entries in turn: A B C, A B C."""

from __future__ import annotations

import math
import statistics
import sys
from dataclasses import dataclass, field
from typing import Any

from plan import Entry
from sides import Pair, Side, SideError

#: A turn lasts about this long, in searches of one batch each.
TURN_MS = 300.0
MOST_REPEATS = 40
#: An entry whose first search takes longer is not run again.
PATIENCE_MS = 20_000.0


@dataclass
class Cell:
    """One entry at one number of threads and probes: the mean search of each round, in milliseconds."""

    entry: Entry
    threads: int
    batch: int
    repeats: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median_wall(self) -> float:
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        return statistics.median(self.cpu)

    def as_json(self) -> dict[str, Any]:
        return {
            "entry": self.entry.title,
            "side": self.entry.side,
            "name": self.entry.name,
            "threads": self.threads,
            "batch": self.batch,
            "searches_a_round": self.repeats,
            "rounds": len(self.wall),
            "wall_ms": {"median": self.median_wall, "min": min(self.wall), "all": self.wall},
            "cpu_ms": {"median": self.median_cpu, "min": min(self.cpu), "all": self.cpu},
        }


def time_in_turn(
    pair: Pair, entries: list[Entry], threads: int, batch: int, k: int, rounds: int
) -> list[Cell]:
    """Warms every entry up with one search, then times all of them round by round."""
    cells = []
    slow = []
    for entry in entries:
        if entry.batches and batch not in entry.batches:
            continue
        if entry.threads and threads not in entry.threads:
            continue
        side: Side = pair[entry.side]
        try:
            first = side.search(entry.name, threads, batch, k, 0, 1)
        except SideError as error:
            print(f"  {entry.title}: {error}", file=sys.stderr)
            continue
        repeats = min(MOST_REPEATS, max(1, math.ceil(TURN_MS / max(first.mean_wall, 1e-3))))
        cell = Cell(entry, threads, batch, repeats)
        if first.mean_wall > PATIENCE_MS:
            cell.wall, cell.cpu = [first.mean_wall], [first.mean_cpu]
            slow.append(cell)
        else:
            cells.append(cell)
    for number in range(rounds):
        for cell in cells:
            times = pair[cell.entry.side].search(
                cell.entry.name, threads, batch, k, number * batch * cell.repeats, cell.repeats
            )
            cell.wall.append(times.mean_wall)
            cell.cpu.append(times.mean_cpu)
    for cell in cells:
        print(
            f"  {threads} threads, {batch} probes: {cell.entry.title}: "
            f"{cell.median_wall:.1f} ms (CPU {cell.median_cpu:.1f})",
            file=sys.stderr,
        )
    return cells + slow
