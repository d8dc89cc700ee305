// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "bounds_internal.h"
#include "template_internal.h"

#pragma STDC FP_CONTRACT OFF

// The middle of entries `first ..< first + count` of the rising table, rounded to a step, and how far
// the entries are from it.
static double middle_of(const sl_generator *g, int first, int count, double step, uint8_t *middle) {
  double low = g->magnitude[first], high = g->magnitude[first + count - 1];
  double rounded = floor((low + high) / 2 / step + 0.5);
  *middle = (uint8_t)(rounded > 255 ? 255 : rounded);
  double below = *middle - low / step, above = high / step - *middle;
  return below > above ? below : above;
}

void sl_bounds_fill(const sl_generator *g, sl_typicality t, sl_bounds *b) {
  double step = (double)g->magnitude[65535] / 255, off[2][128], widest = 0;
  for (int k = 0; k < 128; k++) {
    off[0][k] = k < 127 ? middle_of(g, 512 * k, 512, step, &b->magnitude[0][k]) : 0;
    off[1][k] = middle_of(g, 65024 + 4 * k, 4, step, &b->magnitude[1][k]);
    if (off[0][k] > widest) widest = off[0][k];
    if (off[1][k] > widest) widest = off[1][k];
  }
  b->magnitude[0][127] = 0;  // never asked for
  b->step = (float)step;
  // A hair more than needed, so that rounding up stays within a byte.
  b->square_step = (float)(widest * widest / 254.9);
  for (int row = 0; row < 2; row++) {
    for (int k = 0; k < 128; k++) {
      b->square[row][k] = (uint8_t)ceil(off[row][k] * off[row][k] / b->square_step);
    }
  }
  for (int k = 0; k < SL_TYPICALITY_BINS; k++) {
    uint64_t width = (UINT64_C(1) << 48) / SL_TYPICALITY_BINS;
    double low = sl_typicality_of(t, width * (uint64_t)k);
    double high = sl_typicality_of(t, width * (uint64_t)(k + 1) - 1);
    float middle = (float)((low + high) / 2);
    double rest = sqrt(1 - (double)middle * middle);
    // Both lie on the unit circle, so the ends of the bin are furthest away.
    double below = hypot(middle - low, rest - sqrt(1 - low * low));
    double above = hypot(middle - high, rest - sqrt(1 - high * high));
    b->typicality[k].middle = middle;
    b->typicality[k].reach = (float)(below > above ? below : above);
  }
}

void sl_bounds_probe_fill(const float *latent, sl_bounds_probe *p) {
  static const int order[8] = {0, 4, 1, 5, 2, 6, 3, 7};
  double largest = 0, square = 0, left_out = 0;
  for (int j = 1; j <= SL_DIRECTION; j++) {
    double x = fabs((double)latent[j]);
    square += x * x;
    if (x > largest) largest = x;
  }
  p->step = (float)(largest / 127);
  for (int j = 0; j < SL_DIRECTION; j++) {
    double x = latent[1 + j / 8 * 8 + order[j % 8]];
    double steps = p->step > 0 ? floor(x / p->step + 0.5) : 0;
    p->coordinate[j] = (int8_t)(steps > 127 ? 127 : steps < -127 ? -127 : steps);
    double rest = x - p->coordinate[j] * (double)p->step;
    left_out += rest * rest;
  }
  p->typicality = latent[0];
  p->length = (float)sqrt(square + (double)latent[0] * latent[0]);
  p->rest = (float)sqrt(square);
  p->left_out = (float)sqrt(left_out);
}

void sl_score_bounds_portable(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                              const uint64_t *identities, size_t count, float *middle,
                              float *reach) {
  for (size_t i = 0; i < count; i++) {
    uint64_t seed = key ^ identities[i];
    uint64_t state = sl_splitmix64(&seed), sign[3];
    for (int w = 0; w < 3; w++) sign[w] = sl_splitmix64(&state);
    int32_t product = 0, square = 0, off = 0;
    for (int w = 0; w < 36; w++) {
      uint64_t word = sl_splitmix64(&state);
      for (int k = 0; k < 4; k++) {
        int j = 4 * w + k;
        uint32_t index = (uint32_t)(word >> (16 * k)) & 0xffff;
        int row = index >> 9 == 127;
        uint32_t place = row ? index >> 2 & 127 : index >> 9;
        int32_t m = bounds->magnitude[row][place];
        int32_t y = probe->coordinate[8 * (w / 2) + 2 * k + w % 2];
        product += sign[j / 64] >> (j % 64) & 1 ? -m * y : m * y;
        square += m * m;
        off += bounds->square[row][place];
      }
    }
    uint64_t bin = sign[2] >> 52;
    float a = bounds->typicality[bin].middle;
    float length = sqrtf((float)square), wrong = sqrtf((float)off * bounds->square_step);
    float along = (float)product * probe->step / length;
    // Two vectors x and y are, as unit vectors, at most 2 |x - y| / (|x| + |y|) apart.
    float apart = (wrong + wrong) / (length + length - wrong);
    middle[i] = a * probe->typicality + sqrtf(1 - a * a) * along;
    reach[i] = (bounds->typicality[bin].reach * probe->length + SL_BOUNDS_SLACK) +
               (apart * probe->rest + probe->left_out);
  }
}

// Chosen at the first call; see template.c.
typedef void bounds_function(const sl_bounds *, uint64_t, const sl_bounds_probe *, const uint64_t *,
                             size_t, float *, float *);
static void choose_bounds(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                          const uint64_t *identities, size_t count, float *middle, float *reach);
static _Atomic(bounds_function *) chosen_bounds = choose_bounds;

#if defined(__x86_64__)
bool sl_score_bounds_avx512_runs(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
}
#endif

static void choose_bounds(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                          const uint64_t *identities, size_t count, float *middle, float *reach) {
  bounds_function *f = sl_score_bounds_portable;
#if defined(__x86_64__)
  if (sl_score_bounds_avx512_runs()) f = sl_score_bounds_avx512;
#endif
  atomic_store_explicit(&chosen_bounds, f, memory_order_relaxed);
  f(bounds, key, probe, identities, count, middle, reach);
}

void sl_score_bounds(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                     const uint64_t *identities, size_t count, float *middle, float *reach) {
  atomic_load_explicit(&chosen_bounds, memory_order_relaxed)(bounds, key, probe, identities, count,
                                                             middle, reach);
}
