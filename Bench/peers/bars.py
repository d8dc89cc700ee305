# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The bars of the comparison: how much faster than the fastest peer a matcher is to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from measure import Cell
from results import GroupResult

#: By number of probes.
EXACT = {1: 1.15, 8: 2.5, 64: 1.2, 256: 1.0}
INT8 = {1: 1.1, 8: 1.1, 64: 1.1}
CODED = {1: 2.0, 64: 2.0}
SCAN_RATIO, SCAN_NANOSECONDS = 3.0, 0.6
#: Cores that other work may take before a bar that is passed is called noisy.
QUIET_CORES = 0.25


@dataclass(frozen=True)
class Bar:
    what: str
    wanted: float
    wall: float  #: peer's median over ours
    cpu: float
    against: str
    beside: str  #: what travels with the speed
    holds: bool = True  #: what must be true beside the ratio
    unit: str = "x"
    noisy: bool = False  #: other work took the machine: wall times prove nothing

    @property
    def verdict(self) -> str:
        if not self.passed:
            return "SHORT"
        return "NOISY" if self.noisy else "PASS"

    @property
    def passed(self) -> bool:
        return self.holds and (
            self.wall >= self.wanted if self.unit == "x" else self.wall <= self.wanted
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what, "wanted": self.wanted, "wall": self.wall, "cpu": self.cpu,
            "unit": self.unit, "against": self.against, "beside": self.beside,
            "verdict": self.verdict,
        }  # fmt: skip


def _against(
    ours: Cell, peers: list[Cell], what: str, wanted: float, beside: str, holds: bool
) -> Bar:
    peer = min(peers, key=lambda cell: cell.median_wall)
    return Bar(
        f"{what}, B = {ours.batch}, {ours.threads} thread{'s' if ours.threads > 1 else ''}",
        wanted, peer.median_wall / ours.median_wall, peer.median_cpu / ours.median_cpu,
        peer.entry.title, beside, holds,
    )  # fmt: skip


def _exact(group: GroupResult) -> list[Bar]:
    bars = []
    for ours in group.cells_of(lambda entry: entry.name == "exact"):
        peers = group.rivals(ours, lambda entry: entry.name.startswith("faiss-flat"))
        if not peers or ours.batch not in EXACT:
            continue
        ids = group.ids
        bars.append(
            _against(
                ours, peers, "exact against faiss flat", EXACT[ours.batch],
                f"same lists: {ids.same} of {ids.probes}, {ids.rounding} more within rounding",
                ids.agree,
            )
        )  # fmt: skip
    return bars


def _int8(group: GroupResult) -> list[Bar]:
    bars = []
    for ours in group.cells_of(lambda entry: entry.name == "int8"):
        peers = group.rivals(ours, lambda entry: entry.side == "peers")
        if peers and ours.batch in INT8:
            accuracy = group.accuracy[ours.entry.title]
            same = accuracy.mated_same_top + accuracy.strangers_same_top
            probes = accuracy.mated + accuracy.strangers
            bars.append(
                _against(
                    ours, peers, "int8 against the fastest int8 peer", INT8[ours.batch],
                    f"top-1 as exact: {same} of {probes}", same >= 0.999 * probes,
                )
            )  # fmt: skip
    return bars


def _coded(group: GroupResult) -> list[Bar]:
    bars = []
    whole = group.cells_of(lambda entry: entry.side == "ours" and entry.lists)
    for ours in whole:
        # Peers that keep to the recall on the reporting half as well as ours does, within its noise.
        peers = group.rivals(ours, lambda entry: entry.side == "peers" and entry.lists)
        if peers and ours.batch in CODED:
            recall = group.accuracy[ours.entry.title].mate_recall
            bars.append(
                _against(
                    ours, peers, f"sketch against the fastest of {group.group.title.lower()}",
                    CODED[ours.batch], f"mate recall {recall:.4f}", recall >= group.recall_floor,
                )
            )  # fmt: skip
    for scan in group.cells_of(lambda entry: entry.name.startswith("sketch-scan")):
        if scan.batch != 64 or scan.threads != 1:
            continue
        each = 1e6 / group.group.size / scan.batch
        bars.append(
            Bar(
                "sketch scan, B = 64, 1 thread, ns a template and probe", SCAN_NANOSECONDS,
                scan.median_wall * each, scan.median_cpu * each, "the clock", scan.entry.title, unit="ns",
            )
        )  # fmt: skip
        # The bar names the plain quantizer; one that was shown the templates' main axes is a harder peer.
        for what, axes in (("32 bytes", False), ("32 bytes or less, of main axes", True)):
            scans = group.rivals(scan, lambda entry: ",raw=" in entry.name)
            peers = [cell for cell in scans if ("dims=" in cell.entry.name) == axes]
            if peers:
                what = f"sketch scan against PQ fast-scan of {what}"
                beside = "at equal or better mate recall after rerank"
                bars.append(_against(scan, peers, what, SCAN_RATIO, beside, True))
    return bars


def bars(groups: list[GroupResult]) -> list[Bar]:
    judges = {"exact": _exact, "int8": _int8, "coded": _coded, "graph": _coded}
    return [
        replace(bar, noisy=group.others_cores > QUIET_CORES)
        for group in groups
        for bar in judges[group.group.key](group)
    ]
