// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

// Relatives, demographic cells and captures. In double throughout, sums in a fixed order.

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "template_internal.h"

#pragma STDC FP_CONTRACT OFF

// Eight running sums, folded pairwise.
static double dot(const double *x, const double *y) {
  double lane[8] = {0};
  for (int j = 0; j < SL_DIRECTION; j += 8) {
    for (int l = 0; l < 8; l++) lane[l] += x[j + l] * y[j + l];
  }
  double t[4];
  for (int l = 0; l < 4; l++) t[l] = lane[l] + lane[l + 4];
  return (t[0] + t[2]) + (t[1] + t[3]);
}

static void scale(double *x, double factor) {
  for (int j = 0; j < SL_DIRECTION; j++) x[j] *= factor;
}

// x = a x + b y
static void combine(double *x, double a, const double *y, double b) {
  for (int j = 0; j < SL_DIRECTION; j++) x[j] = a * x[j] + b * y[j];
}

// The direction of a stream, a unit vector; returns the stream's spare bits.
static uint64_t direction_of(const sl_generator *g, uint64_t start, double *x) {
  sl_drawn drawn;
  sl_draw(g, start, &drawn);
  for (int j = 0; j < SL_DIRECTION; j++) {
    x[j] = drawn.sign[j / 64] >> (j % 64) & 1 ? -drawn.magnitude[j] : drawn.magnitude[j];
  }
  scale(x, 1 / sqrt(dot(x, x)));
  return drawn.spare;
}

void sl_write_direction(const sl_generator *g, uint64_t start, double *direction) {
  direction_of(g, start, direction);
}

void sl_write_person_latent_portable(const sl_generator *g, sl_typicality t, sl_person person,
                                     const double *centre, float *latent) {
  double v[SL_DIRECTION];
  uint64_t spare = direction_of(g, person.start, v);
  double a = sl_typicality_of(t, spare);
  if (person.has_anchor) {
    double other[SL_DIRECTION];
    double b = sl_typicality_of(t, direction_of(g, person.anchor, other));
    // What is the person's own, made orthogonal to the relative's, so that the product is exact.
    combine(v, 1, other, -dot(v, other));
    double side = sqrt(1 - person.alike * person.alike) / sqrt(dot(v, v));
    combine(v, side, other, person.alike);
    sl_typicality own = {t.mean + 0.8 * (b - t.mean), 0.6 * t.deviation, t.low, t.high};
    a = sl_typicality_of(own, spare);
  }
  if (centre) {
    combine(v, sqrt(1 - person.common), centre, sqrt(person.common));
    scale(v, 1 / sqrt(dot(v, v)));
  }
  latent[0] = (float)a;
  double rest = sqrt(1 - (double)latent[0] * latent[0]);
  for (int j = 0; j < SL_DIRECTION; j++) latent[1 + j] = (float)(rest * v[j]);
}

static double cosine_of(sl_genuine genuine, double u) {
  switch (genuine.shape) {
    case SL_GAUSSIAN: return genuine.mode + genuine.scale * sl_normal_quantile(u);
    case SL_GUMBEL: break;
  }
  return genuine.mode + genuine.scale * sl_log(-sl_log(u));
}

double sl_write_capture_latent(const sl_generator *g, const float *enrolled, uint64_t draw,
                               sl_genuine genuine, float *latent) {
  float p[SL_DIRECTION];
  memcpy(p, enrolled + 1, sizeof p);
  sl_drawn drawn;
  sl_draw(g, draw, &drawn);
  uint64_t state = draw + SL_IDENTITY_WORDS * UINT64_C(0x9e3779b97f4a7c15);
  // Odd multiples of 2^-53: never 0 or 1, and exact.
  double u = ((double)(sl_splitmix64(&state) >> 12) + 0.5) * 0x1p-52;
  int failed = ((double)drawn.spare + 0.5) * 0x1p-48 < genuine.failure;

  double a = enrolled[0];
  double noise[SL_DIRECTION], along = 0, square = 0;
  for (int j = 0; j < SL_DIRECTION; j++) {
    noise[j] = drawn.sign[j / 64] >> (j % 64) & 1 ? -drawn.magnitude[j] : drawn.magnitude[j];
    along += noise[j] * p[j];
    square += (double)p[j] * p[j];
  }
  latent[0] = enrolled[0];
  // A failed capture is another direction altogether; otherwise only what is orthogonal counts.
  double projection = failed ? 0 : along / square, noise_square = 0;
  for (int j = 0; j < SL_DIRECTION; j++) {
    noise[j] -= projection * p[j];
    noise_square += noise[j] * noise[j];
  }
  double cosine = cosine_of(genuine, u);
  double q = failed ? 0 : (cosine - a * a) / square;
  q = q > 1 ? 1 : q < -1 ? -1 : q;
  double side = sqrt(1 - q * q) * sqrt(square / noise_square);
  for (int j = 0; j < SL_DIRECTION; j++) latent[1 + j] = (float)(q * p[j] + side * noise[j]);
  return failed ? NAN : a * a + square * q;
}

// Chosen at the first call; see template.c.
typedef void person_function(const sl_generator *, sl_typicality, sl_person, const double *,
                             float *);
static void choose_person(const sl_generator *g, sl_typicality t, sl_person person,
                          const double *centre, float *latent);
static _Atomic(person_function *) chosen_person = choose_person;

static void choose_person(const sl_generator *g, sl_typicality t, sl_person person,
                          const double *centre, float *latent) {
  person_function *f = sl_write_person_latent_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_write_person_latent_avx2;
#endif
  atomic_store_explicit(&chosen_person, f, memory_order_relaxed);
  f(g, t, person, centre, latent);
}

void sl_write_person_latent(const sl_generator *g, sl_typicality t, sl_person person,
                            const double *centre, float *latent) {
  atomic_load_explicit(&chosen_person, memory_order_relaxed)(g, t, person, centre, latent);
}
