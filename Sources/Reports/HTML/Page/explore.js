// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// The state of the view: sliders, the address, and when to draw.

const byId = (id) => document.getElementById(id);
const put = (id, words) => { byId(id).textContent = words; };

/** Replaces the rows of a table; the first cell of each is its header. */
function fill(id, head, rows) {
  const table = byId(id);
  const row = (cells, tag) => {
    const line = document.createElement("tr");
    cells.forEach((words, index) => {
      const header = tag === "th" || index === 0;
      const cell = document.createElement(header ? "th" : "td");
      if (header) cell.scope = tag === "th" ? "col" : "row";
      cell.textContent = words;
      line.append(cell);
    });
    return line;
  };
  table.tHead.replaceChildren(row(head, "th"));
  table.tBodies[0].replaceChildren(...rows.map((cells) => row(cells, "td")));
}

class View {
  constructor(page, form) {
    this.page = page;
    this.form = form;
    this.state = { ...page.start };
    this.sizes = [...new Set(page.series.flatMap((s) => s.points.map((p) => p.gallery_size)))];
  }

  get series() { return this.page.series[this.state.series]; }

  /** Takes the view from the address: #threshold=0.55&n=1e6. Nonsense is passed over. */
  read(fragment) {
    const given = new URLSearchParams(fragment.replace(/^#/, ""));
    const number = (name, low, high, take) => {
      const text = given.get(name);
      const value = text === null || text === "" ? NaN : Number(text);
      if (value >= low && value <= high) take(value);
    };
    const wanted = ["line", "condition", "matcher"].filter((name) => given.has(name));
    const index = this.page.series.findIndex(
      (s) => wanted.every((name) => s[name] === given.get(name)));
    if (wanted.length > 0 && index >= 0) this.state.series = index;
    number("n", this.form.smallest, this.form.largest, (n) => { this.state.n = Math.round(n); });
    number("threshold", this.form.from, this.form.to, (t) => { this.state.threshold = t; });
    number("cameras", 1, 1e12, (v) => { this.state.cameras = v; });
    number("faces", 1, 1e9, (v) => { this.state.faces = v; });
    number("share", 0, 1, (v) => { this.state.share = v; });
    return given.size > 0 && [...given.values()].some((value) => value !== "");
  }

  get fragment() {
    const { n, threshold, cameras, faces, share } = this.state;
    const view = { threshold: threshold.toFixed(3), n, cameras, faces, share };
    if (this.page.series.length > 1) {
      const { line, condition, matcher } = this.series;
      Object.assign(view, { line, condition, matcher });
    }
    return "#" + new URLSearchParams(view).toString();
  }

  start() {
    const select = byId("series");
    this.page.series.forEach((series, index) => select.append(new Option(series.label, String(index))));
    select.addEventListener("change", () => this.change({ series: Number(select.value) }));
    const threshold = byId("threshold");
    threshold.min = this.form.from;
    threshold.max = this.form.to;
    threshold.addEventListener("input", () => this.change({ threshold: Number(threshold.value) }));
    const size = byId("size");
    size.min = Math.log10(this.form.smallest);
    size.max = Math.log10(this.form.largest);
    size.addEventListener("input", () => this.change({ n: this.snapped(Number(size.value)) }));
    for (const [id, name, scaled] of [
      ["cameras", "cameras", 1], ["faces", "faces", 1], ["share", "share", 0.01],
    ]) {
      const input = byId(id);
      input.addEventListener("input", () => {
        const value = Number(input.value) * scaled;
        const good = input.value !== "" && input.validity.valid && value >= 0;
        input.setAttribute("aria-invalid", String(!good));
        if (good) this.change({ [name]: value }, input);
      });
    }
    for (const button of document.querySelectorAll("[data-fpir]")) {
      button.addEventListener("click", () =>
        this.change({ threshold: this.thresholdFor(Number(button.dataset.fpir)) }));
    }
    byId("reset").addEventListener("click", () => this.change({ ...this.page.start }));
    addEventListener("hashchange", () => {
      if (this.read(location.hash)) this.draw();
    });
    this.read(location.hash);
    this.draw();
  }

  /** A gallery size from the slider; near one that was searched, that one. */
  snapped(log) {
    const near = this.sizes.find((n) => Math.abs(Math.log10(n) - log) < 0.025);
    return near ?? Math.round(Number((10 ** log).toPrecision(3)));
  }

  /** The threshold at which so many strangers give an alert: the one searches found, else the model's. */
  thresholdFor(fpir) {
    const point = this.series.points.find((p) => p.gallery_size === this.state.n);
    const seen = point?.operating.find((o) => Math.abs(o.target_fpir / fpir - 1) < 1e-6);
    return seen ? seen.threshold : this.form.threshold(this.state.n, fpir);
  }

  change(part, source) {
    Object.assign(this.state, part);
    this.source = source;
    if (!this.waiting) {
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        this.draw();
      });
    }
    clearTimeout(this.address);
    this.address = setTimeout(() => {
      try { history.replaceState(null, "", this.fragment); } catch { /* a view that cannot be shared */ }
    }, 300);
  }

  draw() {
    const { n, threshold, cameras, faces, share } = this.state;
    const found = rates(this.form, this.series, n, threshold);
    this.controls(found);
    this.figures(found, people(found, cameras, faces, share));
    this.det(found);
    this.scores(found);
    for (const listener of this.page.listeners) listener(this);
  }
}
