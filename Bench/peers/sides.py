# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The two processes that are compared, and how they are asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
#: Threads of a library may spin for a moment after a search; the next side starts after that.
SETTLE_SECONDS = 0.05


class SideError(Exception):
    """What a side answered instead of doing what it was asked."""


@dataclass(frozen=True)
class Times:
    """Milliseconds of each search: on the wall, and of the searching process on its CPUs."""

    wall: list[float]
    cpu: list[float]

    @property
    def mean_wall(self) -> float:
        return sum(self.wall) / len(self.wall)

    @property
    def mean_cpu(self) -> float:
        return sum(self.cpu) / len(self.cpu)


class Side:
    """A process that reads one-line commands and writes JSON lines. It waits while the other works."""

    def __init__(self, title: str, command: list[object], environment: dict[str, str]) -> None:
        self.title = title
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        if process.stdin is None or process.stdout is None:
            raise OSError(f"{title} has no pipes")
        self._process, self._input, self._output = process, process.stdin, process.stdout

    def ask(self, *words: object) -> dict[str, Any]:
        line = " ".join(str(word) for word in words)
        try:
            self._input.write(line + "\n")
            self._input.flush()
            answer = self._output.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            sys.exit(f"{self.title} ended while asked to {line}: exit {self._process.wait()}")
        facts = json.loads(answer)
        if "error" in facts:
            raise SideError(facts["error"])
        return facts

    def search(
        self, name: str, threads: int, batch: int, k: int, first: int, repeats: int
    ) -> Times:
        time.sleep(SETTLE_SECONDS)
        got = self.ask("search", name, threads, batch, k, first, repeats)
        return Times(
            [t / 1e6 for t in got["wall_nanoseconds"]], [t / 1e6 for t in got["cpu_nanoseconds"]]
        )

    def cpu_seconds(self) -> float:
        """CPU time so far of this process and its threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self._input.close()
        self._process.wait()


@dataclass(frozen=True)
class Pair:
    """Both sides over the vectors in one folder."""

    ours: Side
    peers: Side

    @classmethod
    def start(cls, driver: Path, folder: Path, size: int, environment: dict[str, str]) -> Pair:
        probes = folder / "probes.fbin"
        return cls(
            Side(
                "match-driver", [driver, "serve", "--size", size, "--probes", probes], environment
            ),
            Side("the peers' process", [sys.executable, HERE / "worker.py", folder], environment),
        )

    def __getitem__(self, side: str) -> Side:
        return self.ours if side == "ours" else self.peers

    def close(self) -> None:
        self.ours.close()
        self.peers.close()
