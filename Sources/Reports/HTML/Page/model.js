// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// What was measured, and what the closed form says in between and beyond.

const tiny = 1e-300;

/** Where `x` lies among rising `all`: an index and the part of the way to the next. */
function place(all, x) {
  let low = 0;
  while (low < all.length - 2 && all[low + 1] <= x) low += 1;
  const part = (x - all[low]) / (all[low + 1] - all[low]);
  return [low, Math.min(1, Math.max(0, part))];
}

/** The closed form that came with the page: ln rates on a grid of ln N and T. */
class ClosedForm {
  constructor(grid) {
    this.grid = grid;
    this.logSizes = grid.sizes.map(Math.log);
    this.smallest = grid.sizes[0];
    this.largest = grid.sizes[grid.sizes.length - 1];
    this.from = grid.from;
    this.to = grid.from + grid.step * (grid.fpir[0].length - 1);
  }

  surface(rows, n, threshold) {
    const [i, a] = place(this.logSizes, Math.log(n));
    const at = (threshold - this.from) / this.grid.step;
    const j = Math.min(Math.max(Math.floor(at), 0), rows[0].length - 2);
    const b = Math.min(1, Math.max(0, at - j));
    const ln = (row) =>
      (1 - b) * Math.log(Math.max(row[j], tiny)) + b * Math.log(Math.max(row[j + 1], tiny));
    return Math.exp((1 - a) * ln(rows[i]) + a * ln(rows[i + 1]));
  }

  /** Probability that the search of a stranger gives an alert. */
  fpir(n, threshold) { return Math.min(1, this.surface(this.grid.fpir, n, threshold)); }

  /** The shapes of genuine scores known for a line and condition; the first was simulated. */
  shapes(line, condition) {
    return this.grid.genuine.filter((g) => g.line === line && g.condition === condition);
  }

  /** Share of mates below the threshold, and of failed captures. */
  below(genuine, threshold) {
    const at = (threshold - this.from) / genuine.step;
    const j = Math.min(Math.max(Math.floor(at), 0), genuine.below.length - 2);
    const b = Math.min(1, Math.max(0, at - j));
    const [low, high] = [genuine.below[j], genuine.below[j + 1]];
    return Math.exp((1 - b) * Math.log(Math.max(low, tiny)) + b * Math.log(Math.max(high, tiny)));
  }

  /** Mates at the threshold or above with a stranger before them. */
  overtaken(genuine, n, threshold) { return this.surface(genuine.over, n, threshold); }

  fnir(genuine, n, threshold) {
    return Math.min(1, this.below(genuine, threshold) + this.overtaken(genuine, n, threshold));
  }

  /** The threshold at which the closed form expects `rate` of strangers to give an alert. */
  threshold(n, rate) {
    let [low, high] = [this.from, this.to];
    for (let step = 0; step < 40; step += 1) {
      const middle = (low + high) / 2;
      if (this.fpir(n, middle) > rate) low = middle; else high = middle;
    }
    return high;
  }
}

/** Counts at a threshold, between those recorded; `null` outside them. */
function measuredAt(point, threshold) {
  const det = point.det;
  if (det.length === 0 || threshold > det[0].threshold) return null;
  const next = det.findIndex((d) => d.threshold <= threshold);
  if (next < 0) return null;
  const [after, before] = [det[next], det[Math.max(0, next - 1)]];
  const width = before.threshold - after.threshold;
  const part = width > 0 ? (threshold - after.threshold) / width : 0;
  const between = (a, b) => Math.round(a + part * (b - a));
  const rate = (count, trials) => {
    const [low, high] = wilson(count, trials);
    return { value: count / trials, low, high, count, trials, measured: true };
  };
  return {
    fpir: rate(between(after.alarms, before.alarms), point.non_mated),
    fnir: rate(between(after.misses, before.misses), point.mated),
  };
}

/**
 * Both error rates of a series at a gallery size and threshold: measured where searches were made and
 * can show it, else by the closed form. `cases` are the ends of what is known, and `over` is the share of
 * mates above the threshold with a stranger before them, by the closed form.
 */
function rates(form, series, n, threshold) {
  const point = series.points.find((p) => p.gallery_size === n) ?? null;
  const seen = point && measuredAt(point, threshold);
  const fpir = form.fpir(n, threshold);
  const shapes = form.shapes(series.line, series.condition).map((g) => ({
    fpir, fnir: form.fnir(g, n, threshold), over: form.overtaken(g, n, threshold),
  }));
  if (seen) {
    const over = shapes[0]?.over ?? 0;
    const cases = ["value", "low", "high"].map((end) => (
      { fpir: seen.fpir[end], fnir: seen.fnir[end], over: Math.min(over, seen.fnir[end]) }));
    return { point, seen, cases, ...seen };
  }
  const fnirs = shapes.map((shape) => shape.fnir);
  return {
    point, seen, cases: shapes,
    fpir: { value: fpir, low: fpir, high: fpir },
    fnir: { value: fnirs[0], low: Math.min(...fnirs), high: Math.max(...fnirs) },
  };
}

/** What the rates mean for those who pass cameras, in a day. */
function people(found, cameras, faces, share) {
  const total = cameras * faces;
  const [listed, others] = [total * share, total * (1 - share)];
  const outcomes = found.cases.map(({ fpir, fnir, over }) => {
    // A listed person may be missed and somebody else named instead.
    const wrong = others * fpir + listed * ((fnir - over) * fpir + over);
    const right = listed * (1 - fnir);
    const alerts = wrong + right;
    return {
      wrong, right, alerts, missed: listed * fnir,
      perAlert: alerts > 0 ? wrong / alerts : 0, perFace: total > 0 ? wrong / total : 0,
    };
  });
  const spans = {};
  for (const name of Object.keys(outcomes[0])) {
    const all = outcomes.map((outcome) => outcome[name]);
    spans[name + "Range"] = [Math.min(...all), Math.max(...all)];
  }
  return { total, listed, ...outcomes[0], ...spans };
}
