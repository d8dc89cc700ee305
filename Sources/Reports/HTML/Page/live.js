// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// What the sliders move: figures, tables, the DET curve and the scores.

class Explorer extends View {
  controls(found) {
    const { n, threshold, cameras, faces, share } = this.state;
    byId("series").value = String(this.state.series);
    const set = (id, value, words) => {
      const input = byId(id);
      if (input !== this.source) input.value = value;
      if (words) input.setAttribute("aria-valuetext", words);
    };
    set("threshold", threshold, threshold.toFixed(3));
    set("size", Math.log10(n), sizeWords(n) + " people");
    set("cameras", cameras);
    set("faces", faces);
    set("share", Number((share * 100).toPrecision(6)));
    put("threshold-value", threshold.toFixed(3));
    put("size-value", sizeWords(n) + " people");
    const seen = found.point !== null;
    const badge = byId("basis");
    badge.className = "basis " + (found.seen ? "measured" : "model");
    let words = "Closed form: no search of this gallery size was made in these runs.";
    if (seen && found.seen) {
      words = `Measured: ${grouped(found.point.mated)} listed people and ` +
        `${grouped(found.point.non_mated)} strangers were searched in a gallery of this size.`;
    } else if (seen) {
      words = "Closed form: the searches of this size are too few for so high or low a threshold.";
    }
    if (n > this.page.measured_size && !seen) {
      words += ` Extrapolated: the model rests on galleries of up to ${sizeWords(this.page.measured_size)}.`;
    }
    words += found.seen ? " In brackets: 95 % interval."
      : " In brackets: the span of both shapes of scores that fit what is published.";
    badge.textContent = words;
  }

  figures(found, who) {
    const { n, threshold, cameras } = this.state;
    const [wrong, missed] = [ofHundred(who.perAlert), ofHundred(found.fnir.value)];
    put("wrong-of-100", who.alerts > 0 ? wrong : "–");
    put("wrong-range", range(...who.perAlertRange, ofHundred));
    put("missed-of-100", missed);
    put("missed-range", range(found.fnir.low, found.fnir.high, ofHundred));
    put("strangers", oneIn(found.fpir.value));
    put("strangers-range", range(found.fpir.high, found.fpir.low, oneIn));
    waffle(byId("wrong-dots"), who.perAlert);
    waffle(byId("missed-dots"), found.fnir.value);
    const day = (value, ends) => [
      amount(value / cameras), amount(value), ends ? span(...ends, amount) : "",
    ];
    fill("day", ["in a day", "at one camera", "at all cameras", "there, from … to"], [
      ["faces seen", ...day(who.total)],
      ["of them of listed people", ...day(who.listed)],
      ["alerts", ...day(who.alerts, who.alertsRange)],
      ["right alerts", ...day(who.right, who.rightRange)],
      ["wrong alerts", ...day(who.wrong, who.wrongRange)],
      ["listed people missed", ...day(who.missed, who.missedRange)],
    ]);
    fill("denominators", ["the same wrong alerts", "rate", "from … to"], [
      ["of all faces seen", percent(who.perFace), span(...who.perFaceRange, percent)],
      ["of all alerts", percent(who.perAlert), span(...who.perAlertRange, percent)],
    ]);
    clearTimeout(this.speaking);
    const spoken = `Threshold ${threshold.toFixed(3)}, gallery of ${sizeWords(n)} people. ` +
      `Of every 100 alerts ${wrong} are the wrong person. ` +
      `Of every 100 listed people who pass ${missed} are missed. ` +
      `Wrong alerts: ${amount(who.wrong / cameras)} at each camera in a day.`;
    // Told once the slider rests, not at every step.
    this.speaking = setTimeout(() => put("live", spoken), this.spoken ? 400 : 0);
    this.spoken = true;
  }

  det(found) {
    const { n, threshold } = this.state;
    const shapes = this.form.shapes(this.series.line, this.series.condition);
    const domain = { x: [1e-5, 1], y: [1e-4, 1] };
    const model = [];
    for (let t = this.form.from; t <= this.form.to; t += 0.005) {
      const fnirs = shapes.map((g) => this.form.fnir(g, n, t));
      model.push([this.form.fpir(n, t), fnirs]);
    }
    const measured = found.point?.det ?? [];
    const chart = new Chart(byId("det"), {
      x: { domain: domain.x, log: true, label: "strangers who give an alert (FPIR)", words: oneInTick },
      y: { domain: domain.y, log: true, label: "listed people missed (FNIR)", words: percentTick },
      label: `Trade between wrong alerts and misses for ${this.series.label}, gallery of ` +
        `${sizeWords(n)}. The table below holds the figures.`,
    });
    const entries = [];
    if (found.point) {
      chart.shade(domain.x[0], 3 / found.point.non_mated, "too rare to be shown");
    }
    if (shapes.length > 1) {
      chart.band(model.map(([x, f]) => [x, Math.min(...f), Math.max(...f)]), "model");
      entries.push(["model", "band", "closed form, both shapes of scores"]);
    }
    chart.line(model.map(([x, f]) => [x, f[0]]), "model dashed");
    entries.push(["model dashed", "line", "closed form"]);
    if (measured.length > 0) {
      const trials = found.point.mated;
      const rows = measured.map((d) => [d.fpir, ...wilson(d.misses, trials)]);
      chart.band(rows, "seen");
      chart.line(measured.map((d) => [d.fpir, d.fnir]), "seen");
      entries.unshift(["seen", "line", "measured"], ["seen", "band", "its 95 % interval"]);
    }
    chart.mark(found.fpir.value, found.fnir.value, "here big",
      `threshold ${threshold.toFixed(3)}`, found.fnir.low, found.fnir.high);
    entries.push(["here big", "mark", "your threshold"]);
    key(byId("det"), entries);
    const rows = measured.length > 0
      ? measured.map((d) => [d.threshold.toFixed(4), percent(d.fpir), `${d.alarms} of ${found.point.non_mated}`,
        percent(d.fnir), span(...wilson(d.misses, found.point.mated), percent)])
      : model.filter((_, i) => i % 4 === 0).map(([x, f], i) => [
        (this.form.from + i * 0.02).toFixed(3), percent(x), "closed form", percent(f[0]),
        span(Math.min(...f), Math.max(...f), percent)]);
    fill("det-table", ["threshold", "FPIR", "alerts", "FNIR", "from … to"], rows);
  }

  scores(found) {
    const { n, threshold } = this.state;
    const genuine = this.form.shapes(this.series.line, this.series.condition)[0];
    // Mates score alike whatever the gallery, so those of another size serve.
    const mates = (found.point ?? this.series.points[0])?.mate_scores;
    const alarms = found.point?.alarm_scores;
    const shares = (h, trials) => h.counts.map((count, i) =>
      [h.start + i * h.width, h.start + (i + 1) * h.width, count / trials]);
    const density = (cumulative) => {
      const out = [];
      for (let t = this.form.from; t < this.form.to - 0.005; t += 0.005) {
        const share = cumulative(t + 0.01) - cumulative(t);
        out.push([t + 0.005, Math.max(0, share)]);
      }
      return out;
    };
    const total = (h) => h.counts.reduce((a, b) => a + b, 0) + h.without;
    const seenMates = mates ? shares(mates, total(mates)) : [];
    const seenAlarms = alarms ? shares(alarms, total(alarms)) : [];
    const modelMates = genuine ? density((t) => this.form.below(genuine, t)) : [];
    const modelAlarms = density((t) => 1 - this.form.fpir(n, t));
    const heights = [...seenMates, ...seenAlarms].map((b) => b[2])
      .concat([...modelMates, ...modelAlarms].map((p) => p[1]));
    const chart = new Chart(byId("scores"), {
      x: { domain: [this.form.from, this.form.to], label: "score (cosine)", words: (v) => v.toFixed(1),
        ticks: steps([this.form.from, this.form.to], 7) },
      y: { domain: [0, Math.max(...heights) * 1.12], label: "share of searches per 0.01", words: percentTick },
      label: `Scores of listed people and best scores of strangers, gallery of ${sizeWords(n)}, with the ` +
        `threshold at ${threshold.toFixed(3)}. The table below holds the figures.`,
      height: 280,
    });
    chart.bars(seenAlarms, "wrong");
    chart.bars(seenMates, "right");
    chart.line(modelAlarms, "wrong" + (alarms ? " dashed thin" : ""));
    chart.line(modelMates, "right" + (mates ? " dashed thin" : ""));
    chart.rule(threshold, "threshold " + threshold.toFixed(3));
    const entries = [
      ["wrong", alarms ? "bar" : "line", "strangers: the best score of anyone in the gallery"],
      ["right", mates ? "bar" : "line", "listed people: the score of their own photo"],
    ];
    if (alarms || mates) entries.push(["model dashed thin", "line", "closed form"]);
    key(byId("scores"), entries);
    const bins = new Map();
    const add = (all, column) => all.forEach(([x0, x1, share]) => {
      const name = x0.toFixed(2);
      if (!bins.has(name)) bins.set(name, [name, "–", "–"]);
      bins.get(name)[column] = percent(share);
    });
    const binned = (points) => points.filter((_, i) => i % 2 === 0).map(([t, s]) => [t - 0.005, t, s]);
    add(alarms ? seenAlarms : binned(modelAlarms), 1);
    add(mates ? seenMates : binned(modelMates), 2);
    const note = (seen) => (seen ? "" : " (closed form)");
    fill("scores-table",
      ["score from", "strangers" + note(alarms), "listed people" + note(mates)],
      [...bins.values()].filter((bin) => bin.slice(1).some((cell) => !/^(0 %|–)$/.test(cell)))
        .sort((a, b) => a[0] - b[0]));
  }
}

function oneInTick(rate) { return rate >= 0.99 ? "all" : "1 in " + sizeWords(Math.round(1 / rate)); }
/** A size in few letters, for an axis: 12M, 1.3B. */
function sizeTick(n) {
  for (const [scale, letter] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]]) {
    if (n >= scale) return Number((n / scale).toPrecision(3)) + letter;
  }
  return String(n);
}

function percentTick(rate) { return Number((rate * 100).toPrecision(6)) + " %"; }

/** A hundred dots, so many of them full. */
function waffle(frame, share) {
  const root = svg("svg", { viewBox: "0 0 100 100", "aria-hidden": "true", class: "waffle" });
  const full = share > 0 ? Math.max(share * 100, 0.3) : 0;
  for (let i = 0; i < 100; i += 1) {
    const [x, y] = [(i % 10) * 10, Math.floor(i / 10) * 10];
    root.append(svg("rect", { x: x + 1, y: y + 1, width: 8, height: 8, rx: 1.5, class: "dot" }));
    const part = Math.min(1, Math.max(0, full - i));
    if (part > 0) root.append(svg("rect", { x: x + 1, y: y + 1, width: 8 * part, height: 8, rx: 1.5, class: "dot full" }));
  }
  frame.replaceChildren(root);
}
