// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// Numbers as people read them. No locale: the page reads the same everywhere.

/** A number with groups of three: 41,000. */
function grouped(value, decimals = 0) {
  const [whole, rest] = value.toFixed(decimals).split(".");
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return rest === undefined ? groups : groups + "." + rest;
}

/** Two or three digits and a word: 24 billion, 41,000, 312, 0.42. */
function amount(value) {
  if (!(value > 0)) return "0";
  if (!isFinite(value) || value >= 1e18) return value.toExponential(1);
  const digits = value >= 100 ? 3 : 2;
  const rounded = Number(value.toPrecision(digits));
  for (const [scale, word] of [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"]]) {
    if (rounded >= scale) return plain(rounded / scale) + word;
  }
  return plain(rounded);
}

function plain(value) {
  if (value >= 10) return grouped(value, 0);
  if (value < 1e-6) return value.toExponential(1);
  const decimals = Math.max(1, 1 - Math.floor(Math.log10(value)));
  return value.toFixed(decimals).replace(/\.0$/, "");
}

/** How many of 100, without a false 0 or 100. */
function ofHundred(share) {
  const value = 100 * share;
  if (value > 0 && value < 0.001) return "fewer than 0.001";
  if (value > 99.95 && value < 100) return "more than 99.9";
  if (value >= 9.95 || value === 0) return value.toFixed(value > 99 && value < 100 ? 1 : 0);
  return plain(Number(value.toPrecision(2)));
}

/** A share in percent. */
function percent(share) { return ofHundred(share) + " %"; }

/** `1 in 333`. */
function oneIn(rate) {
  if (!(rate > 0)) return "none";
  if (rate > 0.5) return percent(rate);
  const value = 1 / rate;
  return "1 in " + (value < 10 ? plain(Number(value.toPrecision(2))) : amount(value));
}

/** The size of a gallery. */
function sizeWords(n) {
  for (const [scale, word] of [[1e9, " billion"], [1e6, " million"]]) {
    if (n >= scale) return Number((n / scale).toPrecision(3)) + word;
  }
  return grouped(Number(n.toPrecision(3)));
}

/** `2 to 4`, or `3` where both read alike. */
function span(low, high, words) {
  const [a, b] = [words(low), words(high)];
  return a === b ? a : a + " to " + b;
}

/** ` (2 to 4)`; nothing where both read alike. */
function range(low, high, words) {
  return words(low) === words(high) ? "" : " (" + span(low, high, words) + ")";
}

/** Wilson's score interval at 95 %. */
function wilson(count, trials) {
  if (trials === 0) return [0, 1];
  const z = 1.959963984540054;
  const p = count / trials;
  const denominator = 1 + z * z / trials;
  const center = (p + z * z / (2 * trials)) / denominator;
  const half = z * Math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / denominator;
  return [
    count === 0 ? 0 : Math.max(0, center - half),
    count === trials ? 1 : Math.min(1, center + half),
  ];
}

/** Words for a condition of capture. */
function conditionWords(condition) {
  if (condition === "enrolment") return "photo like the enrolled one";
  if (condition === "kiosk") return "kiosk or webcam photo";
  const aged = /^aged:([\d.]+)$/.exec(condition);
  if (aged) return "photo " + aged[1] + " years later";
  return condition;
}
