// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// Starts the page.

const data = (id) => JSON.parse(byId(id).textContent);

/** Gives the text of a script element as a file. */
function download(button) {
  const text = byId(button.dataset.of).textContent;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = button.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Tables in full on paper; closed again after. */
function unfoldForPrint() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.table:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

/** Calls `draw` when the window has another width. */
function onWidth(draw) {
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    draw();
  });
}

function start() {
  for (const button of document.querySelectorAll("[data-of]")) {
    button.addEventListener("click", () => download(button));
  }
  unfoldForPrint();
  const sweeps = [...document.querySelectorAll("script[id^='sweep-']")].map((one) => data(one.id));
  const frames = sweeps.length > 0 ? new FrameSweeps(sweeps) : null;
  if (!byId("page-data")) {
    document.documentElement.dataset.ready = "true";
    frames?.draw();
    onWidth(() => frames?.draw());
    return;
  }
  const page = data("page-data");
  const results = page.runs.map(data);
  page.outlook = [...(page.outlook ?? []), ...results.flatMap((r) => r.outlook)];
  for (const series of page.series) {
    series.points = series.points.map(([run, index]) => results[run].points[index]);
  }
  // Charts that threshold and size leave as they are: drawn when series, metric or width change.
  let drawn = "";
  const others = (explorer) => {
    const state = [explorer.state.series, innerWidth, ...["growth-metric", "cost-metric", "cohort-metric"].map((id) => byId(id)?.value)];
    if (String(state) === drawn) return;
    drawn = String(state);
    if (byId("growth-chart")) growthChart(explorer);
    if (byId("rank-chart")) rankChart(explorer);
    if (byId("cost-chart")) costChart(explorer);
    if (byId("cohort-chart")) cohortChart(results[page.cohorts[0]].points[page.cohorts[1]]);
  };
  page.listeners = [others];
  const explorer = new Explorer(page, new ClosedForm(page.model));
  for (const id of ["growth-metric", "cost-metric", "cohort-metric"]) {
    byId(id)?.addEventListener("change", () => explorer.draw());
  }
  // Shown before it is drawn, since what is hidden has no width.
  document.documentElement.dataset.ready = "true";
  explorer.start();
  frames?.draw();
  onWidth(() => {
    explorer.draw();
    frames?.draw();
  });
}

start();
