// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// The charts that the threshold does not move: misses against gallery size, ranks, costs. Their tables
// are in the page already.

/**
 * What the closed form expects of a series: a run's own outlook, which has the power law too, else from
 * the grid. Rows of gallery size, expected, lowest, highest.
 */
function expectations(explorer, rankOne, fpir) {
  const { page, series, form } = explorer;
  const rows = [];
  for (const o of page.outlook) {
    if (o.line !== series.line || o.condition !== series.condition) continue;
    const at = o.operating.find((p) => Math.abs(p.fpir / fpir - 1) < 1e-6);
    const band = rankOne ? o.rank_one_miss : at?.fnir;
    if (!band || rows.some((row) => row[0] === o.gallery_size)) continue;
    const all = [band.expected, band.other_shape, band.power_law].filter((v) => v != null);
    rows.push([o.gallery_size, band.expected, Math.min(...all), Math.max(...all)]);
  }
  if (rows.length === 0) {
    for (const n of form.grid.sizes.filter(
      (size) => size >= 1e4 && Number(size.toPrecision(2)) === size)) {
      const threshold = rankOne ? form.from : form.threshold(n, fpir);
      const all = form.shapes(series.line, series.condition).map((g) => form.fnir(g, n, threshold));
      rows.push([n, all[0], Math.min(...all), Math.max(...all)]);
    }
  }
  return rows.sort((a, b) => a[0] - b[0]);
}

/** Misses of a series against gallery size, with what NIST published and the closed form. */
function growthChart(explorer) {
  const { page, series } = explorer;
  const metric = byId("growth-metric").value;
  const rankOne = metric === "rank";
  const fpir = Number(metric);
  const rows = expectations(explorer, rankOne, fpir);
  const points = series.points.map((p) => {
    if (rankOne) return [p.gallery_size, p.rank_one_miss];
    const o = p.operating.find((q) => Math.abs(q.target_fpir / fpir - 1) < 1e-6);
    return o && [p.gallery_size, o.fnir];
  }).filter(Boolean);
  const nist = series.condition === "enrolment" && (rankOne || fpir === page.published_fpir)
    ? page.published.filter((p) => p.line === series.line)
      .flatMap((p) => page.published_sizes.map((n, i) => [n, (rankOne ? p.rank_one_miss : p.fnir)[i]]))
    : [];
  const values = [...rows.map((r) => r[2]), ...points.map((p) => p[1].rate), ...nist.map((p) => p[1])];
  const lowest = Math.max(1e-6, Math.min(...values.filter((v) => v > 0)));
  const x = [Math.min(1e4, ...rows.map((r) => r[0]), ...points.map((p) => p[0])),
    Math.max(2e9, ...rows.map((r) => r[0]))];
  const chart = new Chart(byId("growth-chart"), {
    x: { domain: x, log: true, label: "people in the gallery (N)", words: sizeTick },
    y: { domain: [10 ** Math.floor(Math.log10(lowest)), 1], log: true,
      label: rankOne ? "listed people not put first" : "listed people missed (FNIR)", words: percentTick },
    label: `Misses against gallery size for ${series.label}. The table below holds the figures.`,
    height: 340,
  });
  const known = Math.max(0, page.measured_size, ...points.map((p) => p[0]));
  chart.shade(known, x[1], "extrapolation");
  chart.band(rows.map(([n, , low, high]) => [n, low, high]), "model");
  chart.line(rows.filter((r) => r[0] <= known).map((r) => [r[0], r[1]]), "model");
  const beyond = rows.findIndex((r) => r[0] > known);
  chart.line(beyond < 0 ? [] : rows.slice(Math.max(0, beyond - 1)).map((r) => [r[0], r[1]]), "model dashed");
  for (const [n, value] of nist) {
    chart.mark(n, value, "nist diamond", `NIST, ${sizeWords(n)}: ${percent(value)}`);
  }
  for (const [n, rate] of points) {
    // None at all has no place on a logarithmic scale: an open mark at its foot, and the interval.
    chart.mark(n, rate.rate ?? 0, rate.count > 0 ? "seen" : "seen none", `measured, ${sizeWords(n)}: ${percent(rate.rate ?? 0)}`, rate.low, rate.high);
  }
  const entries = [["model", "line", "closed form"], ["model dashed", "line", "closed form, extrapolated"],
    ["model", "band", "other shape of scores, power law"]];
  if (points.length > 0) entries.unshift(["seen", "mark", "measured here, 95 % interval"]);
  if (nist.length > 0) entries.push(["nist diamond", "mark", "published by NIST"]);
  key(byId("growth-chart"), entries);
  const sizes = [...new Set([...rows, ...points, ...nist].map((r) => r[0]))].sort((a, b) => a - b);
  const of = (all, n) => all.find((r) => r[0] === n);
  fill("growth-table", ["people in the gallery", "measured", "95 % interval", "closed form", "from … to", "NIST", ""],
    sizes.map((n) => {
      const [row, seen, published] = [of(rows, n), of(points, n), of(nist, n)];
      return [grouped(n), seen ? percent(seen[1].rate ?? 0) : "–",
        seen ? span(seen[1].low, seen[1].high, percent) : "–", row ? percent(row[1]) : "–",
        row ? span(row[2], row[3], percent) : "–", published ? percent(published[1]) : "–",
        n > known ? "extrapolation" : ""];
    }));
}

/** Says that there is nothing to draw, in the place of a chart of an earlier choice. */
function nothing(id) {
  const note = document.createElement("p");
  note.className = "soft";
  note.textContent = "No searches were made for this choice.";
  byId(id).replaceChildren(note);
}

const kinds = ["seen", "wrong", "right", "other", "model"];

/** Listed people found among the first r, for each gallery size of the series. */
function rankChart(explorer) {
  const { series } = explorer;
  const points = series.points.filter((p) => p.miss_by_rank.length > 0);
  if (points.length === 0) {
    nothing("rank-chart");
    return;
  }
  const found = (m) => 1 - (m.miss.rate ?? 1);
  const lowest = Math.min(...points.flatMap((p) => p.miss_by_rank.map((m) => 1 - m.miss.high)));
  const most = Math.max(...points.flatMap((p) => p.miss_by_rank.map((m) => m.rank)));
  const ticks = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000].filter((r) => r <= most);
  const chart = new Chart(byId("rank-chart"), {
    x: { domain: [0.8, Math.max(2, most * 1.2)], log: true, label: "candidates looked at", words: String, ticks },
    y: { domain: [Math.max(0, lowest - (1 - lowest) * 0.25), 1], label: "listed people found", words: percentTick },
    label: `Share of listed people found among the first candidates, ${series.label}. The table below ` +
      "holds the figures.",
    height: 300,
  });
  const entries = [];
  points.forEach((p, i) => {
    const kind = kinds[i % kinds.length] + (i >= kinds.length ? " dashed" : "");
    chart.line(p.miss_by_rank.map((m) => [m.rank, found(m)]), kind);
    for (const m of p.miss_by_rank.filter((one) => ticks.includes(one.rank))) {
      chart.mark(m.rank, found(m), kind, `${sizeWords(p.gallery_size)}, first ${m.rank}: ${percent(found(m))}`,
        1 - m.miss.high, 1 - m.miss.low);
    }
    entries.push([kind, "line", "gallery of " + sizeWords(p.gallery_size)]);
  });
  key(byId("rank-chart"), entries);
}

/** Time of a search against misses; the front holds what nothing else beats in both. */
function costChart(explorer) {
  const { page, series } = explorer;
  const metric = byId("cost-metric").value;
  const rate = (p) => metric === "rank" ? p.rank_one_miss
    : p.operating.find((o) => Math.abs(o.target_fpir / Number(metric) - 1) < 1e-6)?.fnir;
  const alike = page.series.filter((s) => s.line === series.line && s.condition === series.condition);
  const all = alike.flatMap((s) => s.points.map((p) => ({ p, s, rate: rate(p), ms: p.cost.milliseconds_per_probe })))
    .filter((e) => e.rate && e.ms > 0);
  if (all.length === 0) {
    nothing("cost-chart");
    return;
  }
  const times = all.map((e) => e.ms);
  const domain = [10 ** Math.floor(Math.log10(Math.min(...times))), 10 ** Math.ceil(Math.log10(Math.max(...times) * 1.01))];
  const chart = new Chart(byId("cost-chart"), {
    x: { domain, log: true, label: "time of one search, in milliseconds", words: (v) => String(Number(v.toPrecision(3))) },
    y: { domain: [0, Math.max(...all.map((e) => e.rate.high)) * 1.1 || 1],
      label: metric === "rank" ? "listed people not put first" : "listed people missed (FNIR)", words: percentTick },
    label: `Time of a search against misses, ${conditionWords(series.condition)}, class ${series.line}. ` +
      "The table below holds the figures.",
    height: 320,
  });
  const sizes = [...new Set(all.map((e) => e.p.gallery_size))].sort((a, b) => a - b);
  const entries = [];
  sizes.forEach((n, i) => {
    const kind = kinds[i % kinds.length];
    const group = all.filter((e) => e.p.gallery_size === n)
      .sort((a, b) => a.ms - b.ms || a.rate.rate - b.rate.rate);
    const front = [];
    for (const e of group) {
      const last = front[front.length - 1];
      if (!last || e.rate.rate < last.rate.rate) front.push(e);
    }
    const steps = front.flatMap((e, j) => {
      const corner = j > 0 ? [[e.ms, front[j - 1].rate.rate]] : [[e.ms, 1]];
      return [...corner, [e.ms, e.rate.rate]];
    });
    if (front.length > 0) steps.push([domain[1], front[front.length - 1].rate.rate]);
    chart.line(steps, kind + " thin");
    for (const e of group) {
      chart.mark(e.ms, e.rate.rate ?? 0, kind + (e.s.matcher === "exact" ? " square" : ""),
        `${sizeWords(n)}, ${e.s.search}: ${plain(e.ms)} ms, ${percent(e.rate.rate ?? 0)}`,
        e.rate.low, e.rate.high);
    }
    entries.push([kind + " thin", "line", "front at " + sizeWords(n)]);
  });
  entries.push(["seen square", "mark", "exact search"], ["seen", "mark", "sketches, the best rescored"]);
  key(byId("cost-chart"), entries);
}
