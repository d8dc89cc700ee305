# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Peers that scan short codes or walk a graph; refine=F scores the F k best codes again in float32."""

from __future__ import annotations

import faiss
import hnswlib
import numpy as np

from engines import Engine, engine
from vectors import DIMENSION, Shared


class Refined(Engine):
    """A faiss index of codes, alone or with a flat index behind it that scores its best again."""

    _codes: faiss.Index
    _flat: faiss.Index
    _refine: faiss.IndexRefine | None

    def _finish(self, shared: Shared, codes: faiss.Index, dims: int) -> None:
        """Trains and fills `codes`, behind a projection where `dims` asks for one."""
        whole = codes
        if dims:
            self._transform = shared.projection(dims)  # kept: the index does not own it
            whole = faiss.IndexPreTransform(self._transform, codes)
            self._inner = codes
        faiss.omp_set_num_threads(2)
        whole.train(shared.sample(131072))
        for first in range(0, shared.count, 65536):
            whole.add(shared.rows[first : first + 65536])
        self._codes, self._flat, self._refine = whole, shared.flat, None

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        self._refine = None
        if factor := options.get("refine"):
            self._refine = faiss.IndexRefine(self._codes, self._flat)
            self._refine.k_factor = factor
        # raw=F: the scan alone, as it would feed a rerank of the best F k
        self._raw = options.get("raw", 1)

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        if self._refine is not None:
            return self._refine.search(probes, k)[1]
        return self._codes.search(probes, k * self._raw)[1][:, :k]


@engine("faiss-pq")
class FaissPQ(Refined):
    """IndexPQFastScan, M x 4 bits. dims=D projects to D axes first."""

    build_options = frozenset({"m", "dims"})

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        m, dims = options["m"], options.get("dims", 0)
        self.bytes_per_template = m / 2
        codes = faiss.IndexPQFastScan(dims or DIMENSION, m, 4, faiss.METRIC_INNER_PRODUCT)
        self._finish(shared, codes, dims)


@engine("faiss-ivfpq")
class FaissIVFPQ(Refined):
    """IndexIVFPQFastScan. lists=L; nprobe=P lists are visited."""

    build_options = frozenset({"m", "dims", "lists"})

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        m, dims, lists = options["m"], options.get("dims", 0), options["lists"]
        self.bytes_per_template = m / 2 + 8
        dimension = dims or DIMENSION
        self._quantizer = faiss.IndexFlatIP(dimension)
        self._ivf = faiss.IndexIVFPQFastScan(
            self._quantizer, dimension, lists, m, 4, faiss.METRIC_INNER_PRODUCT
        )
        self._finish(shared, self._ivf, dims)

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        self._ivf.nprobe = options.get("nprobe", 1)


@engine("hnsw")
class HNSW(Engine):
    """hnswlib, M=32, 200 at construction. dims=D projects first, which makes each step cheaper."""

    build_options = frozenset({"dims"})

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        dims = options.get("dims", 0)
        self._transform = shared.projection(dims) if dims else None
        self.bytes_per_template = 4 * (dims or DIMENSION) + 4 * 2 * 32 + 4
        self._index = hnswlib.Index(space="ip", dim=dims or DIMENSION)
        self._index.init_index(max_elements=shared.count, M=32, ef_construction=200, random_seed=1)
        for first in range(0, shared.count, 65536):
            rows = self._ready(shared.rows[first : first + 65536])
            self._index.add_items(rows, np.arange(first, first + len(rows)), num_threads=2)

    def _ready(self, rows: np.ndarray) -> np.ndarray:
        return self._transform.apply(rows) if self._transform is not None else rows

    def use(self, threads: int, options: dict[str, int]) -> None:
        super().use(threads, options)
        self._index.set_num_threads(threads)
        self._index.set_ef(options.get("ef", 64))

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        return self._index.knn_query(self._ready(probes), k)[0].astype(np.int64)
