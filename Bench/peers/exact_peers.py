# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Peers that score every template at full precision."""

from __future__ import annotations

import faiss
import numpy as np
from usearch.index import MetricKind
from usearch.index import search as usearch_search

from engines import Engine, engine
from topk import BestRows
from vectors import Shared


@engine("faiss-flat")
class FaissFlat(Engine):
    """IndexFlatIP. blas=1 lowers the number of probes from which it uses BLAS from 20 to 1."""

    bytes_per_template = 2048

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        self._index = shared.flat

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        faiss.cvar.distance_compute_blas_threshold = 1 if options.get("blas") else 20

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        return self._index.search(probes, k)[1]


@engine("numpy")
class NumPy(Engine):
    """Products block by block, so that scores stay in cache, and the best kept by a threshold."""

    bytes_per_template = 2048

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        self._rows = shared.rows

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        block = max(4096, min(65536, (1 << 20) // len(probes)))
        best = BestRows(len(probes), k)
        out = np.empty((len(probes), block), dtype=np.float32)
        for first in range(0, len(self._rows), block):
            rows = self._rows[first : first + block]
            scores = out[:, : len(rows)] if len(rows) == block else None
            best.show(np.matmul(probes, rows.T, out=scores), first)
        return best.ids


@engine("usearch-f32")
class USearch(Engine):
    """Exact search without an index."""

    bytes_per_template = 2048

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        self._rows = shared.rows

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        self._threads = threads

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        found = usearch_search(
            self._rows, probes, k, MetricKind.IP, exact=True, threads=self._threads
        )
        return np.asarray(found.keys, dtype=np.int64).reshape(len(probes), -1)
