# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What a peer is to the rest, and how peers are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import faiss
import numpy as np
import threadpoolctl

from vectors import Shared


@dataclass(frozen=True)
class Name:
    """`faiss-pq:m=64,refine=10`: a kind and its options. Our own driver reads the same form."""

    kind: str
    options: dict[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Name:
        kind, _, rest = text.partition(":")
        pairs = (pair.split("=") for pair in rest.split(",") if pair)
        return cls(kind, {name: int(value) for name, value in pairs})


class Engine:
    """One peer, built once; options that only steer a search may change between searches."""

    #: Options that decide what is built; all others are given to each search.
    build_options: ClassVar[frozenset[str]] = frozenset()
    bytes_per_template: float = 0
    #: Words about the build, such as settings, for the report.
    note: str = ""

    def __init__(self, shared: Shared, options: dict[str, int]) -> None:
        raise NotImplementedError

    def use(self, threads: int, options: dict[str, int]) -> None:
        """Sets threads and options before a run of searches; not timed."""
        faiss.omp_set_num_threads(threads)
        threadpoolctl.threadpool_limits(threads)

    def search(self, probes: np.ndarray, k: int) -> np.ndarray:
        """Row numbers of the k best of each probe, best first: probes x k."""
        raise NotImplementedError


REGISTRY: dict[str, type[Engine]] = {}


def engine(kind: str) -> Callable[[type[Engine]], type[Engine]]:
    """Registers a class under a kind."""

    def register(cls: type[Engine]) -> type[Engine]:
        REGISTRY[kind] = cls
        return cls

    return register
