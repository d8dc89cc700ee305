# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The machine, how busy others keep it, and the BLAS kernels that suit it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from sides import HERE, Pair

#: Names that tell which kernels a CPU can run; the rest of its flags says nothing here.
FLAGS = (
    "avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "avx512_vpopcntdq",
    "avx_vnni", "amx_int8",
)  # fmt: skip
#: Kernels to try under OpenBLAS's variable; None leaves the choice to the library.
CORES = (None, "Haswell", "Zen", "SkylakeX")


def facts() -> dict[str, Any]:
    info: dict[str, str] = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        info.setdefault(name.strip(), value.strip())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    pages = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return {
        "cpu": info.get("model name", "unknown CPU"),
        "family": f"{info.get('cpu family')}/{info.get('model')}",
        "flags": [flag for flag in FLAGS if flag in info.get("flags", "").split()],
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "huge_pages": pages.read_text().strip() if pages.exists() else "none",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    lines = (HERE / "requirements.txt").read_text().splitlines()
    names = [line.partition("==")[0] for line in lines if line and not line.startswith("#")]
    return {name: metadata.version(name) for name in names}


def environment(core: str | None) -> dict[str, str]:
    """Of both sides: the same OpenBLAS kernels, and huge pages for what is allocated by malloc, which is
    how peers allocate; ours asks for them by itself."""
    result = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    if core:
        result["OPENBLAS_CORETYPE"] = core
    result["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    return result


_TRIAL = """
import time, faiss, numpy as np
faiss.omp_set_num_threads(1)
rows = np.random.default_rng(1).standard_normal((20000, 512), dtype=np.float32)
index = faiss.IndexFlatIP(512); index.add(rows)
times = []
for _ in range(5):
    start = time.process_time(); index.search(rows[:256], 10); times.append(time.process_time() - start)
print(min(times))
"""


def fastest_core() -> tuple[str | None, dict[str, float]]:
    """Old libraries do not know new CPUs and fall back to kernels several times slower; the peers get the
    best there is. Returns the choice, and seconds of faiss's flat search by choice."""
    seconds: dict[str | None, float] = {}
    for core in CORES:
        done = subprocess.run(
            [sys.executable, "-c", _TRIAL], env=environment(core), capture_output=True, text=True
        )
        if done.returncode == 0:  # a kernel that this CPU cannot run ends the process
            seconds[core] = float(done.stdout)
    if not seconds:
        sys.exit(
            "faiss cannot search at all here; is Bench/peers/.work/venv whole? Remove it and run again"
        )
    best = min(seconds, key=seconds.__getitem__)
    return best, {core or "its own choice": time for core, time in seconds.items()}


def load() -> float:
    return os.getloadavg()[0]


class Others:
    """How many cores other work took, from the start of this on."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._start = self._now()

    def _now(self) -> tuple[float, float, float]:
        fields = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        user, nice, system, _, _, irq, softirq, _ = fields
        busy = (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
        return (
            time.monotonic(),
            busy,
            self._pair.ours.cpu_seconds() + self._pair.peers.cpu_seconds(),
        )

    def cores(self) -> float:
        now = self._now()
        wall, busy, own = (b - a for a, b in zip(self._start, now, strict=True))
        return max(0.0, (busy - own) / max(wall, 1e-3))
