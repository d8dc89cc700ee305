# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The vectors that every side searches, and what all peers in one process share of them."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, replace
from pathlib import Path

import faiss
import numpy as np

DIMENSION = 512


def read_fbin(path: Path) -> np.ndarray:
    """The rows of an .fbin file, mapped: 32-bit count and dimension, then float32 rows."""
    count, dimension = np.fromfile(path, dtype="<u4", count=2)
    return np.memmap(path, dtype="<f4", mode="r", offset=8, shape=(int(count), int(dimension)))


@dataclass(frozen=True)
class Truth:
    """Of each probe the identity it shows, -1 for a stranger."""

    population: str
    seed: int
    size: int
    mates: np.ndarray

    @classmethod
    def read(cls, folder: Path) -> Truth:
        facts = json.loads((folder / "truth.json").read_text())
        mates = np.array(facts["mates"], dtype=np.int64)
        return cls(facts["population"], facts["seed"], facts["size"], mates)

    def first(self, count: int) -> Truth:
        return replace(self, mates=self.mates[:count])


class Shared:
    """Templates in the memory of one flat index, which all peers of this process read; made when asked."""

    def __init__(self, folder: Path) -> None:
        self.probes = np.ascontiguousarray(read_fbin(folder / "probes.fbin"))
        self._templates = folder / "templates.fbin"
        self._projections: dict[int, faiss.LinearTransform] = {}

    @functools.cached_property
    def flat(self) -> faiss.IndexFlatIP:
        index = faiss.IndexFlatIP(DIMENSION)
        index.add(read_fbin(self._templates))
        return index

    @functools.cached_property
    def rows(self) -> np.ndarray:
        """A view of the flat index, N x 512."""
        index = self.flat
        return faiss.rev_swig_ptr(index.get_xb(), index.ntotal * DIMENSION).reshape(-1, DIMENSION)

    @property
    def count(self) -> int:
        return self.flat.ntotal

    @functools.cached_property
    def byte_scale(self) -> float:
        """What one step of an int8 coordinate is worth, one for all rows, so that sums can be ranked."""
        return (
            float(max(np.abs(self.rows[i : i + 65536]).max() for i in range(0, self.count, 65536)))
            / 127
        )

    @functools.cached_property
    def bytes(self) -> np.ndarray:
        """Rows as int8, N x 512."""
        rows = np.empty(self.rows.shape, dtype=np.int8)
        for i in range(0, self.count, 65536):
            rows[i : i + 65536] = np.rint(self.rows[i : i + 65536] / self.byte_scale)
        return rows

    def probe_bytes(self, probes: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(probes / self.byte_scale), -127, 127).astype(np.int8)

    def sample(self, count: int) -> np.ndarray:
        """Rows to train on, evenly over the gallery."""
        step = max(self.count // count, 1)
        return np.ascontiguousarray(self.rows[::step][:count])

    def projection(self, dimension: int) -> faiss.LinearTransform:
        """An orthonormal map to the `dimension` axes that hold most of the templates' squares, and a random
        turn among those. Without a mean, so that inner products keep their order; templates of a model
        with 145 latent coordinates lose next to nothing at 144, and every code after it is finer."""
        if dimension in self._projections:
            return self._projections[dimension]
        sample = self.sample(65536).astype(np.float64)
        values, axes = np.linalg.eigh(sample.T @ sample)
        best = axes[:, np.argsort(values)[::-1][:dimension]].T
        turn, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((dimension, dimension)))
        matrix = (turn @ best).astype(np.float32)
        transform = faiss.LinearTransform(DIMENSION, dimension, False)
        faiss.copy_array_to_vector(np.ascontiguousarray(matrix).ravel(), transform.A)
        transform.is_trained = True
        transform.is_orthonormal = True
        self._projections[dimension] = transform
        return transform
