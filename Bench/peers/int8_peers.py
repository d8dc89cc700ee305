# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Peers that score every template in 8 bits: one scale for all coordinates, no rerank."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import faiss
import numkong
import numpy as np
from usearch.index import MetricKind
from usearch.index import search as usearch_search

from engines import Engine, engine
from topk import BestRows
from vectors import DIMENSION, Shared


@engine("faiss-sq8")
class FaissSQ8(Engine):
    """Scalar quantizer, QT_8bit_direct_signed: bytes as they are."""

    bytes_per_template = 512

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        self._shared = shared
        self._index = faiss.IndexScalarQuantizer(
            DIMENSION, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        for first in range(0, shared.count, 65536):
            self._index.add(shared.bytes[first : first + 65536].astype(np.float32))

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        # Probes become bytes too, so they need the rows' scale.
        return self._index.search(self._shared.probe_bytes(probes).astype(np.float32), k)[1]


@engine("usearch-i8")
class USearchInt8(Engine):
    """Exact search of int8 rows without an index."""

    bytes_per_template = 512

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        self._shared = shared
        self._rows = shared.bytes

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        self._threads = threads

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        found = usearch_search(
            self._rows, self._shared.probe_bytes(probes), k, MetricKind.IP, exact=True,
            threads=self._threads,
        )  # fmt: skip
        return np.asarray(found.keys, dtype=np.int64).reshape(len(probes), -1)


@engine("numkong-i8")
class NumKong(Engine):
    """Packed int8 products of blocks, threads over blocks, and the best kept by a threshold."""

    bytes_per_template = 512
    _BLOCK = 16384

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        self._shared = shared
        self._packed = [
            (first, numkong.dots_pack(shared.bytes[first : first + self._BLOCK]))
            for first in range(0, shared.count, self._BLOCK)
        ]

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        self._threads = threads

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        ready = self._shared.probe_bytes(probes)

        def part(worker: int) -> BestRows:
            best = BestRows(len(ready), k)
            for first, packed in self._packed[worker :: self._threads]:
                best.show(np.asarray(numkong.dots_packed(ready, packed)), first)
            return best

        if self._threads == 1:
            return part(0).ids
        with ThreadPoolExecutor(self._threads) as pool:
            parts = list(pool.map(part, range(self._threads)))
        for other in parts[1:]:
            parts[0].merge(other)
        return parts[0].ids
