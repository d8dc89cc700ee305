#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""Writes runs of `sightline accuracy` as a table: accuracy-results.py OUT.md RUN...

Runs that are not there are left out. Called by Bench/accuracy-table and Bench/accuracy-billion.
"""

import json
import os
import sys

# FRTE 1:N, single-image mugshots, edition with submissions up to 2025-11-28: microsoft_4, which line C fits.
NIST = {1_600_000: {"rank1": 0.0014, "fnir": {0.003: 0.0169}}}


def rate(value):
    return "-" if value is None else f"{value:.4f}".replace("0.", ".", 1)


def interval(low, high):
    return f"{rate(low)} to {rate(high)}"


def band(band):
    other = band.get("other_shape")
    law = band.get("power_law")
    extra = [rate(other)] if other is not None else []
    extra += [f"power law {rate(law)}"] if law is not None else []
    return rate(band["expected"]) + (f" ({'; '.join(extra)})" if extra else "")


def verdict(word):
    return "agrees" if word == "agrees" else f"**lies {word}**"


def section(run):
    result = json.load(open(os.path.join(run, "result.json")))
    lines = []
    for point in result["points"]:
        size = point["gallery_size"]
        nist = NIST.get(size, {"fnir": {}})
        lines += [
            f"## N = {size:,}, line {point['line']}, {point['condition']}, matcher {point['matcher']['name']}",
            "",
            f"{point['mated']:,} mated and {point['non_mated']:,} non-mated searches, matcher "
            f"{point['matcher']['name']}"
            + (f" with lists of {point['list_length']:,}" if "list_length" in point else "")
            + f", k = {point['k']}, probe seed {result['plan']['probe_seed']}, population seed "
            f"{result['plan']['population_seed']}, plan `{result['plan_digest'][:12]}`.",
            "",
            "| figure | measured | 95 % interval | closed form | | NIST |",
            "| --- | ---: | ---: | ---: | --- | ---: |",
        ]
        rank1 = point["rank_one_miss"]
        lines.append(
            f"| rank-1 miss | {rate(rank1.get('rate'))} ({rank1['count']} of {rank1['trials']:,}) | "
            f"{interval(rank1['low'], rank1['high'])} | {band(point['prediction']['rank_one_miss'])} | "
            f"{verdict(point['prediction']['rank_one_verdict'])} | {rate(nist.get('rank1'))} |"
        )
        for at in point["operating"]:
            expected, fpir = at["prediction"], at["target_fpir"]
            lines.append(
                f"| T at FPIR {fpir:g} | {at['threshold']:.4f} ({at['fpir']['count']} alarms) | "
                f"{at['threshold_low']:.4f} to {at['threshold_high']:.4f} | {expected['threshold']:.4f} | "
                f"{verdict(expected['threshold_verdict'])} | |"
            )
            lines.append(
                f"| FNIR at FPIR {fpir:g} | {rate(at['fnir'].get('rate'))} ({at['fnir']['count']} of "
                f"{at['fnir']['trials']:,}) | "
                f"{interval(at['fnir_estimate']['low'], at['fnir_estimate']['high'])} | "
                f"{band(expected['fnir'])} | {verdict(expected['fnir_verdict'])} | "
                f"{rate(nist['fnir'].get(fpir))} |"
            )
        lost, cost = point["lost_mates"], point["cost"]
        lines += [
            "",
            f"* Mates that the matcher lost: {lost['count']} of {lost['trials']:,} "
            f"({interval(lost['low'], lost['high'])}).",
        ]
        for recall in point.get("recall", {}).get("alarms", []):
            found = recall["found"]
            lines.append(
                f"* False-alarm recall at T = {recall['threshold']:.4f}, against exact search: "
                f"{found['count']} of {found['trials']} ({interval(found['low'], found['high'])})."
            )
        lines += [
            f"* Cost: {cost['searched']:,} searches in {cost['wall_seconds']:.0f} s wall, "
            f"{cost['cpu_seconds']:.0f} s CPU, {cost['probes_per_second']:.1f} probes/s, "
            f"{cost['bytes_per_template']} bytes a template, {cost['threads']} threads, batch "
            f"{cost['batch']}; gallery {cost['gallery_seconds']:.1f} s.",
            f"* {result['machine']['cpu']}, {result['machine']['cores']} cores, load "
            f"{result['machine']['load']:.1f} at the end; sightline {result['software']['version']}, "
            f"{result['software']['finished_at']}.",
            "",
        ]
    return lines


def main():
    out, runs = sys.argv[1], sys.argv[2:]
    lines = [
        "# Labelled searches against NIST's line and the closed form",
        "",
        "    Bench/accuracy-table      # 1.6 million",
        "    Bench/accuracy-billion    # 1.3 billion",
        "",
        "Simulated people. FNIR counts a mate that is not first or below T (R = 1); its interval has the",
        "threshold's uncertainty in it (bootstrap over probe subjects). The closed form is given with the",
        "shape of genuine scores that was simulated, and in brackets with the other shape that fits NIST's",
        "values as well, and by the power law through them. Nothing above 12 million was ever measured by",
        "NIST: there the closed form is an extrapolation, and the measurement shows what our model's own",
        "vectors do, not what people's faces do.",
        "",
    ]
    for run in runs:
        if os.path.exists(os.path.join(run, "result.json")):
            lines += section(run)
    with open(out, "w") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


main()
