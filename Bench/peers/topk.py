# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The k best of scores that come block by block."""

from __future__ import annotations

import numpy as np


class BestRows:
    """Keeps the best of what it is shown. Past the first block only scores above a probe's k-th best are
    looked at, which costs one comparison a score; argpartition over every block costs several times that."""

    def __init__(self, probes: int, k: int) -> None:
        self._k = k
        self._ids = np.full((probes, k), -1, dtype=np.int64)
        self._scores = np.full((probes, k), -np.inf, dtype=np.float64)
        self._floor = np.full(probes, -np.inf)

    def show(self, scores: np.ndarray, first: int) -> None:
        """Scores of the rows from `first` on, probes x rows."""
        if not np.isfinite(self._floor).all():
            k = min(self._k, scores.shape[1])
            places = np.argpartition(scores, -k, axis=1)[:, -k:]
            for probe, found in enumerate(places):
                self._merge(probe, found + first, scores[probe, found])
            return
        for probe, row in enumerate(scores):
            floor = self._floor[probe].astype(scores.dtype)
            if row.max() > floor:
                found = np.flatnonzero(row > floor)
                self._merge(probe, found + first, row[found])

    def merge(self, other: BestRows) -> None:
        for probe in range(len(self._ids)):
            self._merge(probe, other._ids[probe], other._scores[probe])

    def _merge(self, probe: int, ids: np.ndarray, scores: np.ndarray) -> None:
        all_ids = np.concatenate([self._ids[probe], ids])
        all_scores = np.concatenate([self._scores[probe], scores])
        order = np.lexsort((all_ids, -all_scores))[: self._k]
        self._ids[probe], self._scores[probe] = all_ids[order], all_scores[order]
        self._floor[probe] = self._scores[probe][-1]

    @property
    def ids(self) -> np.ndarray:
        return self._ids
