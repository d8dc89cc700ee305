// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// Errors of groups of people at one threshold for all.

/** Dots with intervals, from the largest group to the smallest, and the rate of all together. */
function cohortChart(point) {
  const [what, index] = byId("cohort-metric").value.split("-");
  const cells = point.cohorts.filter((c) => c.basis === "cell");
  const rates = cells.map((c) => c.operating[Number(index)][what]);
  const all = rates.reduce(([count, trials], r) => [count + r.count, trials + r.trials], [0, 0]);
  const together = all[1] > 0 ? all[0] / all[1] : 0;
  // A group that was hardly searched has an interval of nearly everything: the scale is that of the others.
  const counted = rates.filter((r) => r.trials >= 30);
  const top = Math.max(together * 2, ...(counted.length > 0 ? counted : rates).map((r) => r.high));
  const chart = new Chart(byId("cohort-chart"), {
    x: { domain: [0, cells.length + 1], label: "group, from the largest on", words: String,
      ticks: steps([1, cells.length], 8).filter((v) => v >= 1 && Number.isInteger(v)) },
    y: { domain: [0, Math.min(1, top * 1.05)],
      label: what === "fpir" ? "strangers of the group who give an alert" : "listed people of the group missed", words: percentTick },
    label: "Errors by group. The table below holds the figures.",
    height: 300,
  });
  chart.line([[0, together], [cells.length + 1, together]], "model dashed");
  const kind = what === "fpir" ? "wrong" : "other";
  rates.forEach((r, i) => {
    if (r.trials === 0) return;
    chart.mark(i + 1, r.rate, kind, `${cells[i].name}: ${r.count} of ${r.trials}, ${percent(r.rate)}`, r.low, r.high);
  });
  key(byId("cohort-chart"), [[kind, "mark", "group, 95 % interval"], ["model dashed", "line", "all together"]]);
}
