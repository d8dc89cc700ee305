#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Writes a run of `sightline sweep` and one of `sightline accuracy` with cohorts as tables.

frame-sweep.py OUT.md SWEEP RUN. Called by Bench/frame-sweep.
"""

import json
import os
import shlex
import sys


def rate(value):
    return "-" if value is None else f"{value:.3f}".replace("0.", ".", 1)


def counted(figure):
    return f"{rate(figure.get('rate'))} ({figure['count']} of {figure['trials']})"


def interval(figure):
    return f"{rate(figure['low'])} to {rate(figure['high'])}"


def machine(result, loads):
    return (
        f"{result['machine']['cpu']}, {result['machine']['cores']} cores, load {min(loads):.1f} to {max(loads):.1f}; "
        f"sightline {result['software']['version']}, {result['software']['finished_at']}, plan "
        f"`{result['plan_digest'][:12]}`."
    )


def command(result):
    return "    " + shlex.join(os.path.basename(word) if os.path.isabs(word) else word for word in result["software"]["command"])


def stage(point, name):
    return next((f"{s['p50_ms']:.2f} / {s['p99_ms']:.2f}" for s in point["cost"]["stages"] if s["name"] == name), "-")


def sweep(result):
    plan = result["plan"]
    lines = [
        "# The whole pipeline by decode scale, JPEG quality and marker size",
        "",
        command(result),
        "",
        f"Gallery of {plan['gallery_size']:,}, threshold {plan['threshold']:.4f}, {plan['threads']} threads, "
        f"{plan['rounds']} rounds. {machine(result, [p['cost']['load'] for p in result['points']])}",
        "",
        "A pass is one person before one camera whose marker was in full view at least once; missed: enrolled and",
        "named by no sighting. *Lost*: marker in no frame located / always below the quality floor / no list with the",
        "mate at T / behind another / not decided. *Front*: no other point of this marker size costs as little and",
        "misses as few, by CPU time and by bytes. Times are milliseconds at the median and at p99.",
        "",
    ]
    sizes = []
    for point in result["points"]:
        if point["settings"]["frames"]["marker_pixels"] not in sizes:
            sizes.append(point["settings"]["frames"]["marker_pixels"])
    for size in sizes:
        points = [p for p in result["points"] if p["settings"]["frames"]["marker_pixels"] == size]
        first = points[0]["figures"]
        lines += [
            f"## Markers of {size:g} px",
            "",
            f"{first['mated']} passes of enrolled people, {first['non_mated']} of strangers, {points[0]['frames']['count']} "
            "frames a point.",
            "",
            "| quality | scale | decimation | missed (FNIR) | 95 % interval | lost | captures located | 95 % interval "
            "| wrong of alerts | CPU ms/frame | frames/s | kB/frame | decode | locate | match | front |",
            "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
        ]
        for point in points:
            settings, figures, cost = point["settings"], point["figures"], point["cost"]
            causes = figures["misses"]
            lost = "/".join(
                str(causes[k]) for k in ("not_located", "not_extracted", "below_threshold", "outranked", "undecided")
            )
            lines.append(
                f"| {settings['frames']['quality']} | {settings['scale']} | {settings['decimation']:g} "
                f"| {counted(figures['missed'])} | {interval(figures['missed'])} | {lost} "
                f"| {counted(figures['captures_located'])} | {interval(figures['captures_located'])} "
                f"| {figures['wrong']['count']} of {figures['wrong']['trials']} "
                f"| {cost['cpu_milliseconds_per_frame']:.1f} | {cost['frames_per_second']:.0f} "
                f"| {cost['bytes_per_frame'] / 1000:.1f} | {stage(point, 'decode')} | {stage(point, 'locate')} "
                f"| {stage(point, 'match')} | {', '.join(point['fronts'])} |"
            )
        lines.append("")
    return lines + [f"* {note}" for note in result["notes"]] + [""]


def cohorts(result):
    point = result["points"][-1]
    lines = [
        "# One threshold for all: cells, twins and siblings",
        "",
        command(result),
        "",
        f"N = {point['gallery_size']:,} of a nation of {result['plan']['relatives']['population']:,}, line {point['line']}, "
        f"{point['mated']:,} mated and {point['non_mated']:,} non-mated searches. "
        f"{machine(result, [result['machine']['load']])}",
        "Synthetic cohorts: they say nothing about a real recogniser.",
        "",
        "| not enrolled, relative is | strangers' FPIR | T | alarms | 95 % interval | named the relative | closed form |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kin in point["kin"]:
        for at in kin["operating"]:
            lines.append(
                f"| {kin['kind']} | {at['target_fpir']:g} | {at['threshold']:.4f} | {counted(at['alarms'])} "
                f"| {interval(at['alarms'])} | {counted(at['named_relative'])} | {rate(at['expected'])} |"
            )
    lines += [
        "",
        "| enrolled, relative is too | strangers' FPIR | missed | 95 % interval | somebody else named |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for cohort in point["cohorts"]:
        if cohort["basis"] != "relative":
            continue
        for at in cohort["operating"]:
            lines.append(
                f"| {cohort['name']} | {at['target_fpir']:g} | {counted(at['fnir'])} | {interval(at['fnir'])} "
                f"| {at['named_another']['count']} |"
            )
    lines += [
        "",
        "Cells, from the largest on; every eighth:",
        "",
        "| cell | strangers | " + " | ".join(f"alarms at {o['target_fpir']:g} | 95 % interval" for o in point["operating"])
        + " |",
        "| --- | ---: | " + " | ".join("---: | ---:" for _ in point["operating"]) + " |",
    ]
    cells = [c for c in point["cohorts"] if c["basis"] == "cell"]
    for cell in cells[::8]:
        figures = " | ".join(f"{counted(at['fpir'])} | {interval(at['fpir'])}" for at in cell["operating"])
        lines.append(f"| {cell['name']} | {cell['non_mated']:,} | {figures} |")
    return lines + [""]


def main():
    out, frames, people = sys.argv[1:]
    lines = sweep(json.load(open(os.path.join(frames, "result.json"))))
    lines += cohorts(json.load(open(os.path.join(people, "result.json"))))
    with open(out, "w") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


main()
