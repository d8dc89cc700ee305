// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <float.h>
#include <stdatomic.h>
#include <string.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

size_t sl_packed_floats(size_t probes, size_t dimension) {
  size_t panels = (probes + SL_PANEL - 1) / SL_PANEL;
  return (panels * SL_PANEL + (probes <= SL_FEW ? probes : 0)) * dimension;
}

void sl_pack_probes(const float *probes, size_t count, size_t n, float *packed) {
  for (size_t first = 0; first < count; first += SL_PANEL) {
    float *panel = packed + first * n;
    for (size_t k = 0; k < n; k++) {
      for (size_t l = 0; l < SL_PANEL; l++) {
        panel[k * SL_PANEL + l] = first + l < count ? probes[(first + l) * n + k] : 0;
      }
    }
  }
  if (count == 0 || count > SL_FEW) return;
  memcpy(packed + SL_PANEL * n, probes, count * n * sizeof *probes);
}

void sl_best_rows_portable(const float *packed, size_t probes, const float *rows, size_t row_count,
                           size_t n, const float *thresholds, sl_hit *hits, size_t room,
                           size_t *found) {
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  for (size_t first = 0; first < probes; first += SL_PANEL) {
    const float *panel = packed + first * n;
    size_t width = probes - first < SL_PANEL ? probes - first : SL_PANEL;
    for (size_t j = 0; j < row_count; j++) {
      const float *row = rows + j * n;
      float sum[SL_PANEL] = {0};
      for (size_t k = 0; k < n; k++) {
        for (size_t l = 0; l < SL_PANEL; l++) sum[l] += panel[k * SL_PANEL + l] * row[k];
      }
      for (size_t l = 0; l < width; l++) {
        size_t p = first + l;
        if (!(sum[l] >= thresholds[p] && sum[l] >= -FLT_MAX && sum[l] <= FLT_MAX)) continue;
        hits[p * room + found[p]++] = (sl_hit){sum[l], (uint32_t)j};
      }
    }
  }
}

// Chosen at the first call; see template.c.
typedef void best_rows_function(const float *, size_t, const float *, size_t, size_t,
                                const float *, sl_hit *, size_t, size_t *);

static void choose(const float *packed, size_t probes, const float *rows, size_t row_count,
                   size_t n, const float *thresholds, sl_hit *hits, size_t room, size_t *found);
static _Atomic(best_rows_function *) chosen = choose;

static best_rows_function *best(void) {
#if defined(__x86_64__)
  if (sl_cpu().avx512f) return sl_best_rows_avx512;
  if (sl_cpu().uses_avx2) return sl_best_rows_avx2;
#endif
  return sl_best_rows_portable;
}

static void choose(const float *packed, size_t probes, const float *rows, size_t row_count,
                   size_t n, const float *thresholds, sl_hit *hits, size_t room, size_t *found) {
  best_rows_function *f = best();
  atomic_store_explicit(&chosen, f, memory_order_relaxed);
  f(packed, probes, rows, row_count, n, thresholds, hits, room, found);
}

void sl_best_rows(const float *packed, size_t probes, const float *rows, size_t row_count, size_t n,
                  const float *thresholds, sl_hit *hits, size_t room, size_t *found) {
  atomic_load_explicit(&chosen, memory_order_relaxed)(packed, probes, rows, row_count, n,
                                                      thresholds, hits, room, found);
}

const char *sl_best_rows_variant(void) {
  best_rows_function *f = best();
#if defined(__x86_64__)
  if (f == sl_best_rows_avx512) return "avx512";
  if (f == sl_best_rows_avx2) return "avx2";
#endif
  return f == sl_best_rows_portable ? "portable" : "unknown";
}
