# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What is compared: groups of entries that do the same job, each timed in turn with the others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Entry:
    """A matcher at one setting, ready to be timed."""

    title: str
    side: str  #: ours or peers
    name: str  #: as that side's commands have it
    batches: tuple[int, ...] | None = None  #: where larger ones bring nothing but waiting
    threads: tuple[int, ...] | None = None
    lists: bool = True  #: false for a part of a search


@dataclass(frozen=True)
class Family:
    """A matcher whose setting is chosen: settings by rising cost along `sweep`, once for each of `outer`."""

    title: str
    side: str
    base: str
    sweep: tuple[str, ...]
    outer: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    size: int
    batches: tuple[int, ...]
    entries: tuple[Entry, ...] = ()
    families: tuple[Family, ...] = ()


TARGET = 0.99  #: mate recall that every chosen setting must reach
REFINE = tuple(f"refine={f}" for f in (1, 2, 4, 6, 10, 15, 25, 40, 60, 100, 160, 250, 400, 1000))


def groups(
    size: int, graph_size: int, batches: tuple[int, ...], only: str, quick: bool
) -> list[Group]:
    # Twice the root, to a power of two: 2,048 for a million.
    lists = 1 << round(math.log2(2 * size**0.5))
    all_groups = [
        Group(
            "exact",
            "Exact, float32",
            size,
            batches,
            entries=(
                Entry("Sightline exact", "ours", "exact"),
                Entry("faiss IndexFlatIP", "peers", "faiss-flat:blas=0"),
                Entry("faiss IndexFlatIP, BLAS from 1 probe on", "peers", "faiss-flat:blas=1"),
                Entry("NumPy, blocked", "peers", "numpy"),
                Entry("usearch exact", "peers", "usearch-f32", batches=(1, 8)),
            ),
        ),
        Group(
            "int8",
            "int8, every template",
            size,
            batches,
            entries=(
                Entry("Sightline int8", "ours", "int8"),
                Entry("faiss SQ8, direct signed", "peers", "faiss-sq8", batches=(1, 8, 64)),
                Entry("numkong packed i8", "peers", "numkong-i8"),
                Entry("usearch exact i8", "peers", "usearch-i8", batches=(1, 8)),
            ),
        ),
        Group(
            "coded",
            f"Codes, at mate recall {TARGET}",
            size,
            tuple(b for b in batches if b <= 64),
            families=(
                Family(
                    "Sightline sketch",
                    "ours",
                    "sketch",
                    tuple(f"list={n}" for n in (256, 512, 1024, 2048, 4096, 8192, 16384, 32768)),
                ),
                Family("faiss PQ fast-scan 32 B + refine", "peers", "faiss-pq:m=64", REFINE),
                Family("faiss PQ fast-scan 64 B + refine", "peers", "faiss-pq:m=128", REFINE),
                Family(
                    "faiss PQ fast-scan 24 B of 144 axes + refine",
                    "peers",
                    "faiss-pq:m=48,dims=144",
                    REFINE,
                ),
                Family(
                    "faiss PQ fast-scan 32 B of 128 axes + refine",
                    "peers",
                    "faiss-pq:m=64,dims=128",
                    REFINE,
                ),
                Family(
                    "faiss PQ fast-scan 36 B of 144 axes + refine",
                    "peers",
                    "faiss-pq:m=72,dims=144",
                    REFINE,
                ),
                Family(
                    f"faiss IVF{lists}-PQ fast-scan 36 B of 144 axes + refine",
                    "peers",
                    f"faiss-ivfpq:m=72,dims=144,lists={lists}",
                    REFINE[2:],
                    outer=tuple(
                        f"nprobe={max(1, lists * s // 32)}" for s in (2, 4, 6, 8, 10, 12, 16, 24)
                    ),
                ),
                Family(
                    f"faiss IVF{lists}-PQ fast-scan 64 B + refine",
                    "peers",
                    f"faiss-ivfpq:m=128,lists={lists}",
                    REFINE[2:],
                    outer=tuple(f"nprobe={max(1, lists * s // 32)}" for s in (4, 8, 12, 16, 24)),
                ),
            ),
        ),
        Group(
            "graph",
            f"Graphs, at mate recall {TARGET}",
            min(size, graph_size),
            tuple(b for b in batches if b <= 64),
            families=(
                Family(
                    "Sightline sketch",
                    "ours",
                    "sketch",
                    tuple(f"list={n}" for n in (256, 512, 1024, 2048, 4096, 8192, 16384)),
                ),
                Family(
                    "hnswlib M=32 of 144 axes",
                    "peers",
                    "hnsw:dims=144",
                    tuple(
                        f"ef={n}"
                        for n in (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096)
                    ),
                ),
            )
            + (
                ()
                if quick
                else (
                    Family(
                        "hnswlib M=32",
                        "peers",
                        "hnsw",
                        tuple(
                            f"ef={n}" for n in (64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 4096)
                        ),
                    ),
                )
            ),
        ),
    ]
    return [kept for group in all_groups if (kept := _keep(group, only)) is not None]


def _keep(group: Group, only: str) -> Group | None:
    """The group, or what of it was asked for beside ours; nothing where no peer was."""
    words = [word for word in only.split(",") if word]
    if not words or group.key in words:
        return group
    entries = [e for e in group.entries if e.side == "ours" or any(w in e.name for w in words)]
    families = [f for f in group.families if f.side == "ours" or any(w in f.base for w in words)]
    sides = [entry.side for entry in entries] + [family.side for family in families]
    if "peers" not in sides:
        return None
    return replace(group, entries=tuple(entries), families=tuple(families))


def setting(base: str, *options: str) -> str:
    """`base` with further options."""
    given = ",".join(option for option in options if option)
    return base if not given else f"{base}{',' if ':' in base else ':'}{given}"
