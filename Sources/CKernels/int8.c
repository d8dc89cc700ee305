// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "CKernels.h"
#include "int8_internal.h"

#pragma STDC FP_CONTRACT OFF

sl_int8_probes sl_int8_layout(const void *packed, size_t probes, size_t n) {
  size_t padded = (probes + SL_PANEL - 1) / SL_PANEL * SL_PANEL;
  size_t stride = (n + 63) / 64 * 64;
  const int8_t *bytes = packed;
  return (sl_int8_probes){
      .scales = packed,
      .corrections = (const int32_t *)(bytes + 4 * padded),
      .rows = bytes + 8 * padded,
      .stride = stride,
      .panels = bytes + 8 * padded + padded * stride,
      .quads = (n + 3) / 4,
  };
}

size_t sl_packed_int8_bytes(size_t probes, size_t n) {
  size_t padded = (probes + SL_PANEL - 1) / SL_PANEL * SL_PANEL;
  return padded * (8 + (n + 63) / 64 * 64 + (n + 3) / 4 * 4);
}

void sl_pack_probes_int8(const float *probes, size_t count, size_t n, void *packed,
                         double *residuals) {
  memset(packed, 0, sl_packed_int8_bytes(count, n));
  sl_int8_probes to = sl_int8_layout(packed, count, n);
  float *scales = (float *)to.scales;
  int32_t *corrections = (int32_t *)to.corrections;
  for (size_t p = 0; p < count; p++) {
    const float *x = probes + p * n;
    int8_t *row = (int8_t *)to.rows + p * to.stride;
    int8_t *panel = (int8_t *)to.panels + p / SL_PANEL * to.quads * 64 + p % SL_PANEL * 4;
    float largest = 0;
    for (size_t k = 0; k < n; k++) largest = fabsf(x[k]) > largest ? fabsf(x[k]) : largest;
    float scale = largest / 127;
    double lost = 0;
    int32_t total = 0;
    for (size_t k = 0; k < n; k++) {
      // 1.5 x 2^23 rounds to the nearest integer, ties to even, as for templates.
      float q = scale > 0 ? (x[k] / scale + 12582912.0f) - 12582912.0f : 0;
      double off = (double)x[k] - (double)scale * q;
      lost += off * off;
      total += (int32_t)q;
      row[k] = (int8_t)q;
      panel[k / 4 * 64 + k % 4] = (int8_t)q;
    }
    scales[p] = scale;
    corrections[p] = -128 * total;
    residuals[p] = sqrt(lost);
  }
}

void sl_best_rows_int8_portable(const void *packed, size_t probes, const int8_t *rows,
                                const float *scales, size_t row_count, size_t n,
                                const float *thresholds, sl_hit *hits, size_t room, size_t *found) {
  sl_int8_probes from = sl_int8_layout(packed, probes, n);
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  for (size_t j = 0; j < row_count; j++) {
    const int8_t *row = rows + j * n;
    for (size_t p = 0; p < probes; p++) {
      const int8_t *probe = from.rows + p * from.stride;
      int32_t sum = 0;
      for (size_t k = 0; k < n; k++) sum += (int32_t)probe[k] * row[k];
      float score = (float)sum * scales[j] * from.scales[p];
      if (!(score >= thresholds[p] && score >= -FLT_MAX && score <= FLT_MAX)) continue;
      hits[p * room + found[p]++] = (sl_hit){score, (uint32_t)j};
    }
  }
}

// Chosen at the first call; see template.c.
typedef void best_rows_function(const void *, size_t, const int8_t *, const float *, size_t, size_t,
                                const float *, sl_hit *, size_t, size_t *);

static void choose(const void *packed, size_t probes, const int8_t *rows, const float *scales,
                   size_t row_count, size_t n, const float *thresholds, sl_hit *hits, size_t room,
                   size_t *found);
static _Atomic(best_rows_function *) chosen = choose;

#if defined(__x86_64__)
bool sl_best_rows_int8_vnni_runs(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vnni");
}

bool sl_best_rows_int8_avx2_runs(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2");
}
#endif

static best_rows_function *best(void) {
#if defined(__x86_64__)
  if (sl_best_rows_int8_vnni_runs()) return sl_best_rows_int8_vnni;
  if (sl_best_rows_int8_avx2_runs()) return sl_best_rows_int8_avx2;
#endif
  return sl_best_rows_int8_portable;
}

static void choose(const void *packed, size_t probes, const int8_t *rows, const float *scales,
                   size_t row_count, size_t n, const float *thresholds, sl_hit *hits, size_t room,
                   size_t *found) {
  best_rows_function *f = best();
  atomic_store_explicit(&chosen, f, memory_order_relaxed);
  f(packed, probes, rows, scales, row_count, n, thresholds, hits, room, found);
}

void sl_best_rows_int8(const void *packed, size_t probes, const int8_t *rows, const float *scales,
                       size_t row_count, size_t n, const float *thresholds, sl_hit *hits,
                       size_t room, size_t *found) {
  atomic_load_explicit(&chosen, memory_order_relaxed)(packed, probes, rows, scales, row_count, n,
                                                      thresholds, hits, room, found);
}

const char *sl_best_rows_int8_variant(void) {
  best_rows_function *f = best();
#if defined(__x86_64__)
  if (f == sl_best_rows_int8_vnni) return "avx512vnni";
  if (f == sl_best_rows_int8_avx2) return "avx2";
#endif
  return f == sl_best_rows_int8_portable ? "portable" : "unknown";
}
