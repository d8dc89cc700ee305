# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""The page."""

from __future__ import annotations

from typing import Any

from bars import Bar
from measure import Cell
from results import GroupResult


def _table(head: list[str], align: str, rows: list[list[str]]) -> list[str]:
    marks = {"l": "---", "r": "---:"}
    lines = [head, [marks[side] for side in align], *rows]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def _ms(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    places = 0 if cell.median_wall >= 100 else 1 if cell.median_wall >= 10 else 2
    return f"{cell.median_wall:.{places}f} ({min(cell.wall):.{places}f}; CPU {cell.median_cpu:.{places}f})"


def _group(result: GroupResult) -> list[str]:
    group = result.group
    lines = [f"## {group.title}, N = {group.size:,}", ""]
    if result.ids.probes:
        ids = result.ids
        lines += [
            f"Our exact lists against faiss's: the same for {ids.same} of {ids.probes} probes; "
            f"{ids.rounding} more differ only in the order of scores less than 1e-6 apart.", "",
        ]  # fmt: skip
    titles = list(dict.fromkeys(cell.entry.title for cell in result.cells))
    for threads in dict.fromkeys(cell.threads for cell in result.cells):
        rows = []
        for title in titles:
            cells = {
                cell.batch: cell
                for cell in result.cells
                if cell.entry.title == title and cell.threads == threads
            }
            accuracy = result.accuracy.get(title)
            recall = f"{accuracy.mate_recall:.4f} ({accuracy.mates_exact})" if accuracy else "-"
            top = (
                f"{accuracy.mated_same_top}/{accuracy.mated}, {accuracy.strangers_same_top}/{accuracy.strangers}"
                if accuracy
                else "-"
            )
            rows.append([title, *(_ms(cells.get(b)) for b in group.batches), recall, top])
        head = ["ms a search, median (least; CPU)", *(f"B = {b}" for b in group.batches)]
        head += ["mate recall (n)", "top-1 as exact: mated, strangers"]
        lines += [f"{threads} thread{'s' if threads > 1 else ''}:", ""]
        lines += _table(head, "l" + "r" * (len(head) - 1), rows)
    if result.chosen:
        rows = [
            [c.family.title, c.setting or "does not reach it", f"{c.tuning_recall:.4f}",
             f"{result.prepared[c.family.title]['bytes_per_template']:g}",
             f"{result.prepared[c.family.title]['seconds']:.1f}"]
            for c in result.chosen
        ]  # fmt: skip
        head = [
            "setting chosen on the other half",
            "",
            "its mate recall there",
            "bytes a template",
            "build, s",
        ]
        lines += _table(head, "llrrr", rows)
    lines += [f"Left out: {title}: {why}." for title, why in result.absent.items()]
    blas = ", ".join(f"{name}: {what}" for name, what in result.facts["peers"]["blas"].items())
    lines += [
        f"Other work took {result.others_cores:.2f} cores meanwhile. faiss ran its "
        f"{result.facts['peers']['faiss_simd']} code; {blas}. "
        f"On 2 MiB pages: {result.facts['peers']['huge_page_bytes'] / 1e6:.0f} MB of the peers' memory.", "",
    ]  # fmt: skip
    return lines


def page(facts: dict[str, Any], groups: list[GroupResult], bars: list[Bar]) -> str:
    machine = facts["machine"]
    lines = [
        "# Peers", "",
        f"`Bench/peers/run`: {machine['cpu']} (family {machine['family']}, {', '.join(machine['flags'])}), "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB; load {facts['load_before']:.1f} before and "
        f"{facts['load_after']:.1f} after; version {facts['version']}; "
        + ", ".join(f"{name} {version}" for name, version in facts["packages"].items()) + ".", "",
        f"The same vectors of 512 coordinates for all, k = {facts['k']}; two processes, one at work at a time, "
        f"entries in turn, {facts['rounds']} rounds of searches of B probes. Wall time, and beside it the CPU time "
        f"of the process at work. Half of {facts['probes']} probes are mated, captures of line C. Settings are "
        f"chosen on one half of the probes; recall is of the other half, against exact search: mates in the "
        f"list of those in the exact list. OpenBLAS kernels for both sides: {facts['openblas_kernels']}, the fastest of "
        + ", ".join(f"{core} {time:.2f} s" for core, time in facts["openblas_trials_seconds"].items())
        + " in faiss's flat search.", "",
        "## Bars", "",
        "Ratio: median time of the fastest peer over ours. The verdict is by wall time; NOISY where it would pass but other "
        "work took more than a quarter of a core.", "",
    ]  # fmt: skip
    rows = [
        [
            bar.what, f"{bar.wanted:g} {bar.unit}", f"{bar.wall:.2f} {bar.unit}", f"{bar.cpu:.2f} {bar.unit}",
            bar.verdict, bar.against, bar.beside,
        ]
        for bar in bars
    ]  # fmt: skip
    head = ["bar", "wanted", "wall", "CPU", "", "against", "beside"]
    lines += _table(head, "lrrrlll", rows)
    for result in groups:
        lines += _group(result)
    return "\n".join(lines).rstrip() + "\n"
