// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// Small charts in SVG. Colours, dashes and type are classes in report.css, so that light, dark and
// paper need nothing drawn again.

function svg(name, attributes = {}, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** A scale from data to pixels: `log` or linear. */
function scale(domain, range, log) {
  const f = log ? Math.log10 : (x) => x;
  const [a, b] = [f(domain[0]), f(domain[1])];
  const map = (x) => {
    const t = (f(log ? Math.max(x, domain[0] * 1e-6) : x) - a) / (b - a);
    return range[0] + t * (range[1] - range[0]);
  };
  map.domain = domain;
  map.inside = (x) => x >= domain[0] && x <= domain[1];
  map.clamp = (x) => map(Math.min(Math.max(x, domain[0]), domain[1]));
  return map;
}

/** Powers of ten in a domain. */
function decades(domain) {
  const out = [];
  const first = Math.ceil(Math.log10(domain[0]) - 1e-9);
  for (let e = first; 10 ** e <= domain[1] * 1.000001; e += 1) out.push(10 ** e);
  return out;
}

/** Some round numbers in a domain. */
function steps(domain, wanted) {
  const raw = (domain[1] - domain[0]) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const out = [];
  for (let k = Math.ceil(domain[0] / step - 1e-9); k * step <= domain[1] + step * 1e-6; k += 1) {
    out.push(Number((k * step).toPrecision(12)));
  }
  return out;
}

class Chart {
  /** `x` and `y`: {domain, log, label, ticks, words}. */
  constructor(frame, { x, y, label, height = 320 }) {
    const width = Math.max(280, frame.clientWidth || 640);
    this.frame = frame;
    this.box = { left: 58, right: width - 12, top: 26, bottom: height - 46 };
    const { left, right, top, bottom } = this.box;
    this.x = scale(x.domain, [left, right], x.log);
    this.y = scale(y.domain, [bottom, top], y.log);
    this.root = svg("svg", {
      viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "chart",
    });
    const clip = "clip-" + frame.id;
    const path = svg("clipPath", { id: clip });
    path.append(svg("rect", { x: left, y: top, width: right - left, height: bottom - top }));
    this.under = svg("g", { class: "under" });
    this.plot = svg("g", { "clip-path": `url(#${clip})` });
    this.over = svg("g");
    this.root.append(path, this.under, this.plot, this.over);
    this.axis(x, y);
    frame.replaceChildren(this.root);
  }

  axis(x, y) {
    const { left, right, top, bottom } = this.box;
    const many = (right - left) / 70;
    const xTicks = (x.ticks ?? (x.log ? decades(x.domain) : steps(x.domain, many)));
    const keep = Math.ceil(xTicks.length / Math.max(many, 2));
    xTicks.forEach((tick, index) => {
      const at = this.x(tick);
      this.under.append(svg("line", { x1: at, x2: at, y1: top, y2: bottom, class: "grid" }));
      if (index % keep !== 0) return;
      const anchor = at > right - 14 ? "end" : "middle";
      this.under.append(
        svg("text", { x: at, y: bottom + 17, "text-anchor": anchor }, x.words(tick)));
    });
    for (const tick of y.ticks ?? (y.log ? decades(y.domain) : steps(y.domain, 5))) {
      const at = this.y(tick);
      this.under.append(
        svg("line", { x1: left, x2: right, y1: at, y2: at, class: "grid" }),
        svg("text", { x: left - 7, y: at + 4, "text-anchor": "end" }, y.words(tick)));
    }
    this.under.append(
      svg("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "axis" }),
      svg("line", { x1: left, x2: left, y1: top, y2: bottom, class: "axis" }),
      svg("text", { x: right, y: bottom + 37, "text-anchor": "end", class: "name" }, x.label),
      svg("text", { x: 2, y: 13, class: "name" }, y.label));
  }

  /** A line through [x, y]. */
  line(points, kind) {
    const d = points.map(([a, b], i) =>
      (i === 0 ? "M" : "L") + this.x(a).toFixed(1) + " " + this.y(b).toFixed(1)).join("");
    if (d) this.plot.append(svg("path", { d, class: "line " + kind }));
  }

  /** An area between [x, low] and [x, high]. */
  band(points, kind) {
    if (points.length < 2) return;
    const at = (x, y) => this.x(x).toFixed(1) + " " + this.y(y).toFixed(1);
    const there = points.map(([x, , high]) => at(x, high));
    const back = points.map(([x, low]) => at(x, low)).reverse();
    this.plot.append(svg("path", { d: "M" + [...there, ...back].join("L") + "Z", class: "band " + kind }));
  }

  /** Bars of [x0, x1, height]. */
  bars(all, kind) {
    for (const [x0, x1, height] of all) {
      if (!(height > 0) || x1 <= this.x.domain[0] || x0 >= this.x.domain[1]) continue;
      const [a, b] = [this.x.clamp(x0), this.x.clamp(x1)];
      const top = this.y(height);
      this.plot.append(svg("rect", {
        x: a, width: Math.max(0.5, b - a - 0.5), y: top,
        height: Math.max(0, this.box.bottom - top), class: "bar " + kind,
      }));
    }
  }

  /** A mark with an interval and words that a pointer over it shows. */
  mark(x, y, kind, words, low = y, high = y) {
    const at = this.x.clamp(x);
    if (high > low) {
      const ends = { x1: at, x2: at, y1: this.y.clamp(low), y2: this.y.clamp(high) };
      this.plot.append(svg("line", { ...ends, class: "whisker " + kind }));
    }
    const shape = /diamond/.test(kind)
      ? svg("path", { d: "M0-6L6 0L0 6L-6 0Z", class: "mark " + kind })
      : /square/.test(kind)
        ? svg("rect", { x: -5, y: -5, width: 10, height: 10, class: "mark " + kind })
        : svg("circle", { r: /big/.test(kind) ? 7 : 4.5, class: "mark " + kind });
    shape.setAttribute("transform", `translate(${at.toFixed(1)} ${this.y.clamp(y).toFixed(1)})`);
    if (words) shape.append(svg("title", {}, words));
    this.over.append(shape);
  }

  /** A shaded part of the plot from x0 to x1, with words at its top. */
  shade(x0, x1, words) {
    const [a, b] = [this.x.clamp(x0), this.x.clamp(x1)];
    if (b - a < 1) return;
    const { top, bottom } = this.box;
    this.under.prepend(svg("rect", { x: a, width: b - a, y: top, height: bottom - top, class: "shade" }));
    if (words && b - a > words.length * 5) {
      this.under.append(svg("text", { x: a + 5, y: top + 14, class: "note" }, words));
    }
  }

  /** A vertical line with words beside it. */
  rule(x, words, kind = "") {
    if (!this.x.inside(x)) return;
    const at = this.x(x);
    const { left, right, top, bottom } = this.box;
    const late = at > (left + right) / 2;
    this.over.append(
      svg("line", { x1: at, x2: at, y1: top, y2: bottom, class: "rule " + kind }),
      svg("text", {
        x: at + (late ? -6 : 6), y: top + 14, "text-anchor": late ? "end" : "start", class: "note strong",
      }, words));
  }
}

/** A key of [kind, sort, words], sort being line, mark, band or bar. */
function key(frame, entries) {
  const list = document.createElement("ul");
  list.className = "key";
  for (const [kind, sort, words] of entries) {
    const item = document.createElement("li");
    const sample = svg("svg", { width: 28, height: 14, "aria-hidden": "true", class: "chart" });
    if (sort === "line") sample.append(svg("path", { d: "M1 7L27 7", class: "line " + kind }));
    if (sort === "band" || sort === "bar") {
      sample.append(svg("rect", { x: 2, y: 2, width: 24, height: 10, class: sort + " " + kind }));
    }
    if (sort === "mark") {
      const shape = /diamond/.test(kind) ? svg("path", { d: "M14 1L20 7L14 13L8 7Z" })
        : /square/.test(kind) ? svg("rect", { x: 9, y: 2, width: 10, height: 10 })
          : svg("circle", { cx: 14, cy: 7, r: 5 });
      shape.setAttribute("class", "mark " + kind);
      sample.append(shape);
    }
    item.append(sample, words);
    list.append(item);
  }
  frame.append(list);
}
