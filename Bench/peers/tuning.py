# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Choosing settings: the fastest of a family that reaches the mate recall, on one half of the probes."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from accuracy import Halves, candidates, mate_recall
from plan import TARGET, Entry, Family, setting
from sides import Pair, SideError
from vectors import Truth

#: Batch and list length of the sweep.
BATCH, K = 64, 10


@dataclass(frozen=True)
class Chosen:
    """A family at the setting chosen for it; none where the sweep's end does not reach the recall."""

    family: Family
    setting: str | None
    tuning_recall: float
    tried: list[dict[str, float | str]]

    @property
    def entry(self) -> Entry | None:
        if self.setting is None:
            return None
        options = self.setting.removeprefix(self.family.base).lstrip(":,")
        return Entry(f"{self.family.title}, {options}", self.family.side, self.setting)


def choose(
    pair: Pair, family: Family, exact: np.ndarray, truth: Truth, target: float = TARGET
) -> Chosen:
    """Recall rises along a sweep, so each is searched by halving; of the least settings that reach the
    target, one for each outer setting, the one that takes least CPU time is chosen."""
    side = pair[family.side]
    tuning = Halves.of(truth).tuning
    tried: list[dict[str, float | str]] = []
    best: tuple[float, str, float] | None = None

    def recall(name: str) -> float:
        try:
            found = candidates(side, name, 2, BATCH, K, len(truth.mates))
        except SideError as error:
            print(f"  {name}: {error}", file=sys.stderr)
            tried.append({"setting": name, "refused": str(error)})
            return -1.0  # such as a list shorter than a matcher makes: try the next
        reached = mate_recall(found, exact, truth, tuning)
        tried.append({"setting": name, "mate_recall": reached})
        return reached

    for outer in family.outer:
        low, high = 0, len(family.sweep)
        reached: dict[int, float] = {}
        while low < high:
            middle = (low + high) // 2
            reached[middle] = recall(setting(family.base, outer, family.sweep[middle]))
            if reached[middle] >= target:
                high = middle
            else:
                low = middle + 1
        if low == len(family.sweep):
            continue
        name = setting(family.base, outer, family.sweep[low])
        side.search(name, 1, BATCH, K, 0, 1)
        cost = min(side.search(name, 1, BATCH, K, 0, 3).cpu)
        tried[-1]["cpu_ms"] = cost
        if best is None or cost < best[0]:
            best = (cost, name, reached[low])
    chosen = Chosen(family, best and best[1], best[2] if best else 0.0, tried)
    print(f"  {family.title}: {chosen.setting or 'does not reach it'}", file=sys.stderr)
    return chosen
