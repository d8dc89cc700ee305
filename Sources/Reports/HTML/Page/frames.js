// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// The whole pipeline on rendered frames: misses against the size of the marker, and against cost.

/** Colours of ways to process frames, by decode scale; dashes where markers are looked for more finely. */
const scaleKinds = { "1/1": "seen", "1/2": "right", "1/4": "wrong", "1/8": "other" };

class FrameSweeps {
  constructor(sweeps) {
    this.points = sweeps.flatMap((sweep) => sweep.points);
    for (const id of ["frames-quality", "frames-condition", "frames-axis"]) {
      byId(id)?.addEventListener("change", () => this.draw());
    }
  }

  condition(point) {
    const { folder, marker_pixels: px } = point.settings.frames;
    return folder ?? px + "px";
  }

  /** What was chosen at a point, in words. */
  way(point) {
    const { frames, scale, decimation, locate } = point.settings;
    const parts = ["decoded at " + scale];
    if (frames.quality !== undefined) parts.push("JPEG quality " + frames.quality);
    if (decimation !== 1) parts.push("decimation " + decimation);
    if (locate === "boxes") parts.push("in given boxes");
    return parts.join(", ");
  }

  kind(point) {
    const { scale, decimation, locate } = point.settings;
    return scaleKinds[scale] + (locate === "boxes" ? " thin dashed" : decimation === 1 ? " dashed" : "");
  }

  draw() {
    if (byId("distance-chart")) this.distance();
    if (byId("frames-chart")) this.front();
  }

  /** Misses of the whole chain against the size of the marker, one line a way. */
  distance() {
    const quality = Number(byId("frames-quality").value);
    const points = this.points.filter((p) => p.settings.frames.quality === quality);
    const sizes = [...new Set(points.map((p) => p.settings.frames.marker_pixels))].sort((a, b) => a - b);
    const [least, most] = [sizes[0], sizes[sizes.length - 1]];
    const chart = new Chart(byId("distance-chart"), {
      x: { domain: [Math.max(0, least - 3), most + 3], label: "side of the marker, pixels of a picture 720 high", words: String,
        ticks: sizes },
      y: { domain: [0, 1], label: "listed people missed by the whole chain", words: percentTick },
      label: `Misses against the size of the marker at JPEG quality ${quality}. The table below holds the figures.`,
      height: 320,
    });
    const ways = new Map();
    for (const p of points) {
      const { scale, decimation, locate } = p.settings;
      const name = [scale, decimation, locate].join();
      if (!ways.has(name)) ways.set(name, []);
      ways.get(name).push(p);
    }
    const entries = [];
    for (const all of ways.values()) {
      all.sort((a, b) => a.settings.frames.marker_pixels - b.settings.frames.marker_pixels);
      const kind = this.kind(all[0]);
      const missed = (p) => p.figures.missed;
      chart.line(all.map((p) => [p.settings.frames.marker_pixels, missed(p).rate ?? 1]), kind);
      for (const p of all) {
        chart.mark(p.settings.frames.marker_pixels, missed(p).rate ?? 1, kind,
          `${this.condition(p)}, ${this.way(p)}: ${percent(missed(p).rate ?? 1)}`, missed(p).low, missed(p).high);
      }
      const { scale, decimation, locate } = all[0].settings;
      entries.push([kind, "line", "decoded at " + scale + (locate === "boxes" ? ", in given boxes" : "") +
        (decimation === 1 ? "" : ", decimation " + decimation)]);
    }
    key(byId("distance-chart"), entries);
  }

  /** Cost against misses for one size; the front joins what no other way beats in both. */
  front() {
    const axis = byId("frames-axis").value;
    const condition = byId("frames-condition").value;
    const cost = (p) => axis === "bytes" ? p.cost.bytes_per_frame / 1000 : p.cost.cpu_milliseconds_per_frame;
    const all = this.points.filter((p) => this.condition(p) === condition && cost(p) > 0)
      .sort((a, b) => cost(a) - cost(b) || (a.figures.missed.rate ?? 1) - (b.figures.missed.rate ?? 1));
    if (all.length === 0) {
      nothing("frames-chart");
      return;
    }
    const most = Math.max(...all.map(cost)) * 1.08;
    const missed = (p) => p.figures.missed.rate ?? 1;
    const chart = new Chart(byId("frames-chart"), {
      x: { domain: [0, most], label: axis === "bytes" ? "JPEG kilobytes a frame" : "CPU milliseconds a frame",
        words: (v) => String(Number(v.toPrecision(3))) },
      y: { domain: [0, Math.min(1, Math.max(0.02, ...all.map((p) => p.figures.missed.high)) * 1.05)],
        label: "listed people missed by the whole chain", words: percentTick },
      label: `Cost of a frame against misses, ${condition}. The table below holds the figures.`,
      height: 320,
    });
    const front = all.filter((p) => p.fronts.includes(axis));
    const steps = front.flatMap((p, i) => {
      const before = i > 0 ? missed(front[i - 1]) : 1;
      return [[cost(p), before], [cost(p), missed(p)]];
    });
    if (front.length > 0) steps.push([most, missed(front[front.length - 1])]);
    chart.line(steps, "model thin");
    const qualities = [...new Set(all.map((p) => p.settings.frames.quality))].sort((a, b) => b - a);
    const shape = (p) => [" ", " diamond", " square"][Math.min(2, qualities.indexOf(p.settings.frames.quality))] ?? "";
    for (const p of all) {
      const { low, high } = p.figures.missed;
      chart.mark(cost(p), missed(p), this.kind(p).split(" ")[0] + shape(p),
        `${this.way(p)}: ${Number(cost(p).toPrecision(3))} ${axis === "bytes" ? "kB" : "ms"}, ${percent(missed(p))}`, low, high);
    }
    const scales = [...new Set(all.map((p) => p.settings.scale))];
    const entries = scales.map((scale) => [scaleKinds[scale], "mark", "decoded at " + scale]);
    if (qualities.length > 1) {
      const shapes = ["model", "model diamond", "model square"];
      qualities.slice(0, 3).forEach((quality, i) => entries.push(
        [shapes[i], "mark", `JPEG quality ${quality}${i === 2 && qualities.length > 3 ? " and less" : ""}`]));
    }
    entries.push(["model thin", "line", "front: nothing as cheap misses fewer"]);
    key(byId("frames-chart"), entries);
  }
}
