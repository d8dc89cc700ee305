# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The peers' process: the same one-line commands as our own match-driver, one JSON line each."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import threadpoolctl

import coded_peers  # noqa: F401  (registers)
import exact_peers  # noqa: F401
import int8_peers  # noqa: F401
from engines import REGISTRY, Engine, Name
from vectors import Shared


class Worker:
    def __init__(self, folder: Path) -> None:
        self._shared = Shared(folder)
        self._built: dict[str, Engine] = {}

    def answer(self, words: list[str]) -> dict[str, Any]:
        command, rest = words[0], words[1:]
        if command == "facts":
            return self._facts()
        if command == "drop":
            self._built.clear()
            return {"dropped": True}
        engine, options = self._engine(Name.parse(rest[0]))
        if command == "prepare":
            return {"bytes_per_template": engine.bytes_per_template, "note": engine.note}
        threads, batch, k, first, count = (int(word) for word in rest[1:6])
        engine.use(threads, options)
        if command == "search":
            return self._search(engine, batch, k, first, count)
        if command == "ids":
            found = [
                engine.search(self._probes(i, min(batch, first + count - i)), k)
                for i in range(first, first + count, batch)
            ]
            np.concatenate(found).astype("<i8").tofile(rest[6])
            return {"count": count}
        raise ValueError(f"there is no command {command}")

    def _engine(self, name: Name) -> tuple[Engine, dict[str, int]]:
        if name.kind not in REGISTRY:
            raise ValueError(f"there is no peer {name.kind}")
        cls = REGISTRY[name.kind]
        built = {key: name.options[key] for key in sorted(cls.build_options & set(name.options))}
        key = f"{name.kind}:{built}"
        if key not in self._built:
            self._built[key] = cls(self._shared, built)
        return self._built[key], name.options

    def _probes(self, first: int, count: int) -> np.ndarray:
        places = np.arange(first, first + count) % len(self._shared.probes)
        return np.ascontiguousarray(self._shared.probes[places])

    def _search(
        self, engine: Engine, batch: int, k: int, first: int, repeats: int
    ) -> dict[str, Any]:
        wall, cpu = [], []
        for _ in range(repeats):
            probes = self._probes(first, batch)
            start = time.perf_counter_ns(), time.process_time_ns()
            engine.search(probes, k)
            cpu.append(time.process_time_ns() - start[1])
            wall.append(time.perf_counter_ns() - start[0])
            first += batch
        return {"wall_nanoseconds": wall, "cpu_nanoseconds": cpu}

    def _facts(self) -> dict[str, Any]:
        huge = 0
        for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
            if line.startswith("AnonHugePages:"):
                huge = int(line.split()[1]) * 1024
        blas = {
            Path(
                pool["filepath"]
            ).name: f"OpenBLAS {pool['version']}, {pool['architecture']} kernels"
            for pool in threadpoolctl.threadpool_info()
            if pool["internal_api"] == "openblas"
        }
        return {
            "faiss": faiss.__version__,
            "faiss_compiled": faiss.get_compile_options().split(),
            "faiss_simd": faiss.SIMDConfig.get_level_name(),
            "blas": blas,
            "huge_page_bytes": huge,
        }


def main() -> None:
    worker = Worker(Path(sys.argv[1]))
    # A library that prints must not spoil the answers.
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            answer = worker.answer(line.split())
        except Exception as error:  # told to the other side, which knows what it can do without
            answer = {"error": f"{type(error).__name__}: {error}"}
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
