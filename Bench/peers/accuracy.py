# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What a list found, against the lists of exact search."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sides import Side
from vectors import Truth


def candidates(side: Side, name: str, threads: int, batch: int, k: int, probes: int) -> np.ndarray:
    """Row numbers of the k best of every probe, probes x k, as `side` finds them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ids"
        side.ask("ids", name, threads, batch, k, 0, probes, path)
        return np.fromfile(path, dtype="<i8").reshape(probes, k)


@dataclass(frozen=True)
class Halves:
    """Probes by turns for choosing settings and for reporting what they give."""

    tuning: np.ndarray
    reporting: np.ndarray

    @classmethod
    def of(cls, truth: Truth) -> Halves:
        turn = np.arange(len(truth.mates)) // 2 % 2
        return cls(turn == 0, turn == 1)


@dataclass(frozen=True)
class Accuracy:
    """Of the reporting half, against exact search. Counts, so that each share carries its n."""

    mates_exact: int  #: mated probes whose mate is in the exact list
    mates_found: int  #: of these, found by this one
    mated: int
    mated_same_top: int
    strangers: int
    strangers_same_top: int
    same_lists: int  #: probes with the same candidates in the same order

    @property
    def mate_recall(self) -> float:
        return self.mates_found / max(self.mates_exact, 1)

    def as_json(self) -> dict[str, float]:
        return asdict(self) | {"mate_recall": self.mate_recall}


def mate_recall(found: np.ndarray, exact: np.ndarray, truth: Truth, half: np.ndarray) -> float:
    """Share of the mates in exact lists that `found` has too."""
    mates = truth.mates[:, None]
    reachable = half & (truth.mates >= 0) & (exact == mates).any(axis=1)
    return float((found == mates).any(axis=1)[reachable].mean()) if reachable.any() else 0.0


def compare(found: np.ndarray, exact: np.ndarray, truth: Truth, half: np.ndarray) -> Accuracy:
    mates = truth.mates[:, None]
    mated, strangers = half & (truth.mates >= 0), half & (truth.mates < 0)
    reachable = mated & (exact == mates).any(axis=1)
    same_top = found[:, 0] == exact[:, 0]
    return Accuracy(
        mates_exact=int(reachable.sum()),
        mates_found=int((reachable & (found == mates).any(axis=1)).sum()),
        mated=int(mated.sum()),
        mated_same_top=int((mated & same_top).sum()),
        strangers=int(strangers.sum()),
        strangers_same_top=int((strangers & same_top).sum()),
        same_lists=int((half & (found == exact).all(axis=1)).sum()),
    )
