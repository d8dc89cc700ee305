// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "template_internal.h"

#pragma STDC FP_CONTRACT OFF

static float with_sign(float x, uint32_t mask) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits ^= mask;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// Eight running sums, folded pairwise: the order an AVX2 register pair gives.
static double sum_of_squares(const float *x) {
  double lane[8] = {0};
  for (int j = 0; j < SL_DIRECTION; j += 8) {
    for (int l = 0; l < 8; l++) lane[l] += (double)x[j + l] * x[j + l];
  }
  double t[4];
  for (int l = 0; l < 4; l++) t[l] = lane[l] + lane[l + 4];
  return (t[0] + t[2]) + (t[1] + t[3]);
}

// Direction, typicality, zeros.
static void padded_latent(const sl_generator *g, sl_typicality t, uint64_t start, float *p) {
  sl_drawn drawn;
  sl_draw(g, start, &drawn);
  float a = (float)sl_typicality_of(t, drawn.spare);
  double rest = sqrt(1 - (double)a * a);
  float scale = (float)(rest / sqrt(sum_of_squares(drawn.magnitude)));
  for (int j = 0; j < SL_DIRECTION; j++) {
    uint32_t sign = (uint32_t)(drawn.sign[j / 64] >> (j % 64) & 1) << 31;
    p[j] = with_sign(drawn.magnitude[j] * scale, sign);
  }
  p[SL_DIRECTION] = a;
  for (int j = SL_DIRECTION + 1; j < SL_PADDED; j++) p[j] = 0;
}

// Fast Walsh-Hadamard transform in place, not scaled. The order of the stages is part of the format.
static void transform(float *x, int n) {
  for (int h = 1; h < n; h *= 2) {
    for (int i = 0; i < n; i += 2 * h) {
      for (int j = i; j < i + h; j++) {
        float a = x[j], b = x[j + h];
        x[j] = a + b;
        x[j + h] = a - b;
      }
    }
  }
}

// Signs, transform, signs, transform, 2^-9. The last stage of the first transform meets a zero upper
// half, so its two halves are equal: 256 values stand for 512.
static void map_padded(const sl_generator *g, const float *p, float *out) {
  float x[256] = {0};
  for (int j = 0; j < SL_PADDED; j++) x[j] = with_sign(p[j] * 0x1p-9f, g->sign_in[j]);
  transform(x, 256);
  float y[SL_DIMENSION];
  for (int j = 0; j < SL_DIMENSION; j++) y[j] = with_sign(x[j % 256], g->sign_out[j]);
  transform(y, SL_DIMENSION);
  memcpy(out, y, sizeof y);
}

static void pad(const float *latent, float *p) {
  memcpy(p, latent + 1, SL_DIRECTION * sizeof *p);
  p[SL_DIRECTION] = latent[0];
  for (int j = SL_DIRECTION + 1; j < SL_PADDED; j++) p[j] = 0;
}

void sl_map_latent_portable(const sl_generator *g, const float *latent, float *vector) {
  float p[SL_PADDED];
  pad(latent, p);
  map_padded(g, p, vector);
}

void sl_write_template_portable(const sl_generator *g, sl_typicality t, uint64_t start,
                                float *vector) {
  float p[SL_PADDED];
  padded_latent(g, t, start, p);
  map_padded(g, p, vector);
}

void sl_write_latent_portable(const sl_generator *g, sl_typicality t, uint64_t start,
                              float *latent) {
  float p[SL_PADDED];
  padded_latent(g, t, start, p);
  latent[0] = p[SL_DIRECTION];
  memcpy(latent + 1, p, SL_DIRECTION * sizeof *p);
}

// The variants, chosen at the first call. Not an ifunc: its resolver would run before the thread
// sanitizer's runtime is up. A race to choose is harmless, since all choose alike.
typedef void template_function(const sl_generator *, sl_typicality, uint64_t, float *);
typedef void map_function(const sl_generator *, const float *, float *);

static void choose_template(const sl_generator *g, sl_typicality t, uint64_t start, float *vector);
static void choose_map(const sl_generator *g, const float *latent, float *vector);
static _Atomic(template_function *) chosen_template = choose_template;
static void choose_latent(const sl_generator *g, sl_typicality t, uint64_t start, float *latent);
static _Atomic(map_function *) chosen_map = choose_map;
static _Atomic(template_function *) chosen_latent = choose_latent;

static void choose_template(const sl_generator *g, sl_typicality t, uint64_t start,
                            float *vector) {
  template_function *f = sl_write_template_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_write_template_avx2;
#endif
  atomic_store_explicit(&chosen_template, f, memory_order_relaxed);
  f(g, t, start, vector);
}

static void choose_map(const sl_generator *g, const float *latent, float *vector) {
  map_function *f = sl_map_latent_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_map_latent_avx2;
#endif
  atomic_store_explicit(&chosen_map, f, memory_order_relaxed);
  f(g, latent, vector);
}

static void choose_latent(const sl_generator *g, sl_typicality t, uint64_t start, float *latent) {
  template_function *f = sl_write_latent_portable;
#if defined(__x86_64__)
  if (sl_write_latent_avx512_runs()) f = sl_write_latent_avx512;
#endif
  atomic_store_explicit(&chosen_latent, f, memory_order_relaxed);
  f(g, t, start, latent);
}

void sl_write_latent(const sl_generator *g, sl_typicality t, uint64_t start, float *latent) {
  atomic_load_explicit(&chosen_latent, memory_order_relaxed)(g, t, start, latent);
}

void sl_write_template(const sl_generator *g, sl_typicality t, uint64_t start, float *vector) {
  atomic_load_explicit(&chosen_template, memory_order_relaxed)(g, t, start, vector);
}

void sl_map_latent(const sl_generator *g, const float *latent, float *vector) {
  atomic_load_explicit(&chosen_map, memory_order_relaxed)(g, latent, vector);
}
