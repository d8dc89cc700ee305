# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""What a group gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from accuracy import Accuracy
from measure import Cell
from plan import TARGET, Entry, Group
from tuning import Chosen


@dataclass(frozen=True)
class SameIds:
    """Lists of our exact search against faiss's over all probes. Float32 sums differ in their last bits,
    so neighbours in a list may change places where their scores in double differ by less than 1e-6."""

    probes: int
    same: int
    rounding: int

    @property
    def agree(self) -> bool:
        return self.same + self.rounding == self.probes


@dataclass
class GroupResult:
    group: Group
    facts: dict[str, Any]
    prepared: dict[str, dict[str, Any]] = field(default_factory=dict)
    chosen: list[Chosen] = field(default_factory=list)
    accuracy: dict[str, Accuracy] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    ids: SameIds = SameIds(0, 0, 0)
    others_cores: float = 0.0

    #: Recall chosen on one half wavers on the other: three standard deviations of n mates at TARGET.
    @property
    def recall_floor(self) -> float:
        n = max((found.mates_exact for found in self.accuracy.values()), default=1)
        return TARGET - 3 * (TARGET * (1 - TARGET) / max(n, 1)) ** 0.5

    def cells_of(self, wanted: Callable[[Entry], bool]) -> list[Cell]:
        return [cell for cell in self.cells if wanted(cell.entry)]

    def rivals(self, cell: Cell, wanted: Callable[[Entry], bool]) -> list[Cell]:
        """Others at the same threads and batch."""
        return [
            other
            for other in self.cells_of(wanted)
            if (other.threads, other.batch) == (cell.threads, cell.batch) and other is not cell
        ]

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.group.key,
            "size": self.group.size,
            "facts": self.facts,
            "prepared": self.prepared,
            "absent": self.absent,
            "other_work_cores": self.others_cores,
            "same_ids_as_faiss": asdict(self.ids),
            "settings": [
                {
                    "family": chosen.family.title,
                    "chosen": chosen.setting,
                    "mate_recall_tuning": chosen.tuning_recall,
                    "tried": chosen.tried,
                }
                for chosen in self.chosen
            ],
            "accuracy": {title: found.as_json() for title, found in self.accuracy.items()},
            "cells": [cell.as_json() for cell in self.cells],
        }
