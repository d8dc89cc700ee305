// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <float.h>
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f")))
#define AVX512_INLINE __attribute__((target("avx512f"), always_inline)) static inline

// Rows and panels whose 28 sums stay in registers; 16 loads for 28 products a coordinate. The rows of a
// tile stay in the first-level cache while every panel passes over them, the panels in the second.
#define ROWS 14
#define PANELS 2
#define AHEAD 8192  // bytes to ask for ahead of what is read, where that is more than one row

// What does not change from tile to tile.
typedef struct {
  const float *packed;
  size_t probes, n, room;
  const float *thresholds;
  sl_hit *hits;
  size_t *found;
} search;

__attribute__((target("avx512f"), noinline)) static void emit(const search *s, size_t first,
                                                              uint32_t row, __m512 sums,
                                                              __mmask16 mask) {
  float score[SL_PANEL];
  _mm512_storeu_ps(score, sums);
  for (uint32_t left = mask; left; left &= left - 1) {
    size_t l = (size_t)__builtin_ctz(left), p = first + l;
    s->hits[p * s->room + s->found[p]++] = (sl_hit){score[l], row};
  }
}

// `rc` rows by `pc` panels from probe `first` on, both constants where it is called. What lies at `ahead`
// is asked for meanwhile: the next rows for the first panels; the same rows again cost nothing.
AVX512_INLINE void tile(const search *s, size_t first, size_t pc, const float *rows, uint32_t row,
                        size_t rc, const float *ahead) {
  const size_t n = s->n;
  const float *panel = s->packed + first * n;
  __m512 sum[ROWS][PANELS];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rc; r++) {
#pragma clang loop unroll(full)
    for (size_t p = 0; p < pc; p++) sum[r][p] = _mm512_setzero_ps();
  }
  for (size_t k = 0; k < n; k++) {
    __m512 probe[PANELS];
#pragma clang loop unroll(full)
    for (size_t p = 0; p < pc; p++) {
      probe[p] = _mm512_loadu_ps(panel + p * n * SL_PANEL + k * SL_PANEL);
    }
    _mm_prefetch((const char *)(ahead + k * SL_PANEL), _MM_HINT_T1);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      __m512 x = _mm512_set1_ps(rows[r * n + k]);
#pragma clang loop unroll(full)
      for (size_t p = 0; p < pc; p++) sum[r][p] = _mm512_fmadd_ps(x, probe[p], sum[r][p]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t p = 0; p < pc; p++) {
    size_t from = first + p * SL_PANEL;
    __mmask16 there = s->probes - from >= SL_PANEL
                          ? 0xffff
                          : (__mmask16)((1u << (s->probes - from)) - 1);
    __m512 low = _mm512_maskz_loadu_ps(there, s->thresholds + from);
    low = _mm512_max_ps(_mm512_set1_ps(-FLT_MAX), low);  // in this order a NaN stays one
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      __mmask16 mask = _mm512_mask_cmp_ps_mask(there, sum[r][p], low, _CMP_GE_OQ);
      mask = _mm512_mask_cmp_ps_mask(mask, sum[r][p], _mm512_set1_ps(FLT_MAX), _CMP_LE_OQ);
      if (__builtin_expect(mask, 0)) emit(s, from, row + (uint32_t)r, sum[r][p], mask);
    }
  }
}

AVX512_INLINE void panels(const search *s, const float *rows, uint32_t row, size_t rc,
                          const float *ahead) {
  size_t p = 0;
  for (; p + SL_PANEL < s->probes; p += PANELS * SL_PANEL) {
    tile(s, p, PANELS, rows, row, rc, p == 0 ? ahead : rows);
  }
  if (p < s->probes) tile(s, p, 1, rows, row, rc, p == 0 ? ahead : rows);
}

// A tile of `pc` probes by `rc` rows along the coordinates, for batches too small to fill a panel: 24 sums
// at most. Several rows at a time are more streams than the hardware foresees.
AVX512_INLINE void small_tile(const search *s, const float *probes, size_t pc, const float *rows,
                              uint32_t row, size_t rc) {
  const size_t n = s->n;
  __m512 sum[SL_FEW][4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < pc; i++) {
#pragma clang loop unroll(full)
    for (size_t j = 0; j < rc; j++) sum[i][j] = _mm512_setzero_ps();
  }
  for (size_t k = 0; k < n; k += 16) {
    __mmask16 in = n - k >= 16 ? 0xffff : (__mmask16)((1u << (n - k)) - 1);
    __m512 x[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < rc; j++) {
      x[j] = _mm512_maskz_loadu_ps(in, rows + j * n + k);
      _mm_prefetch((const char *)(rows + j * n + k) + AHEAD, _MM_HINT_T0);
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < pc; i++) {
      __m512 probe = _mm512_maskz_loadu_ps(in, probes + i * n + k);
#pragma clang loop unroll(full)
      for (size_t j = 0; j < rc; j++) sum[i][j] = _mm512_fmadd_ps(probe, x[j], sum[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < pc; i++) {
#pragma clang loop unroll(full)
    for (size_t j = 0; j < rc; j++) {
      float score = _mm512_reduce_add_ps(sum[i][j]);
      if (score >= s->thresholds[i] && score >= -FLT_MAX && score <= FLT_MAX) {
        s->hits[i * s->room + s->found[i]++] = (sl_hit){score, row + (uint32_t)j};
      }
    }
  }
}

AVX512_INLINE void few(const search *s, const float *probes, size_t pc, const float *rows,
                       size_t row_count, size_t width) {
  size_t j = 0;
  for (; j + width <= row_count; j += width) {
    small_tile(s, probes, pc, rows + j * s->n, (uint32_t)j, width);
  }
  for (; j < row_count; j++) small_tile(s, probes, pc, rows + j * s->n, (uint32_t)j, 1);
}

// One probe: rows are read from memory once, in order, which the hardware foresees by itself.
AVX512 static void best_of_one(const search *s, const float *rows, size_t row_count) {
  const size_t n = s->n;
  const float *probe = s->packed + SL_PANEL * n;
  for (size_t j = 0; j < row_count; j++) {
    const float *row = rows + j * n;
    __m512 sum[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(),
                     _mm512_setzero_ps()};
    size_t k = 0;
    for (; k + 64 <= n; k += 64) {
#pragma clang loop unroll(full)
      for (size_t l = 0; l < 4; l++) {
        __m512 x = _mm512_loadu_ps(row + k + 16 * l);
        sum[l] = _mm512_fmadd_ps(x, _mm512_loadu_ps(probe + k + 16 * l), sum[l]);
      }
    }
    for (; k < n; k += 16) {
      __mmask16 in = n - k >= 16 ? 0xffff : (__mmask16)((1u << (n - k)) - 1);
      sum[0] = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(in, row + k),
                               _mm512_maskz_loadu_ps(in, probe + k), sum[0]);
    }
    float score = _mm512_reduce_add_ps(
        _mm512_add_ps(_mm512_add_ps(sum[0], sum[1]), _mm512_add_ps(sum[2], sum[3])));
    if (score >= s->thresholds[0] && score >= -FLT_MAX && score <= FLT_MAX) {
      s->hits[s->found[0]++] = (sl_hit){score, (uint32_t)j};
    }
  }
}

AVX512 static void best_of_few(const search *s, const float *rows, size_t row_count) {
  const float *probes = s->packed + SL_PANEL * s->n;
  switch (s->probes) {
    case 1: best_of_one(s, rows, row_count); break;
    case 2: few(s, probes, 2, rows, row_count, 4); break;
    case 3: few(s, probes, 3, rows, row_count, 4); break;
    case 4: few(s, probes, 4, rows, row_count, 4); break;
    case 5: few(s, probes, 5, rows, row_count, 4); break;
    case 6: few(s, probes, 6, rows, row_count, 4); break;
    case 7: few(s, probes, 7, rows, row_count, 3); break;
    case 8: few(s, probes, 8, rows, row_count, 3); break;
    default: break;
  }
}

AVX512 void sl_best_rows_avx512(const float *packed, size_t probes, const float *rows,
                                size_t row_count, size_t n, const float *thresholds, sl_hit *hits,
                                size_t room, size_t *found) {
  const search s = {packed, probes, n, room, thresholds, hits, found};
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  if (probes <= SL_FEW) {
    best_of_few(&s, rows, row_count);
    return;
  }
  size_t j = 0;
  for (; j + ROWS <= row_count; j += ROWS) {
    panels(&s, rows + j * n, (uint32_t)j, ROWS, rows + (j + ROWS) * n);
  }
  for (; j < row_count; j++) panels(&s, rows + j * n, (uint32_t)j, 1, rows + j * n);
}

#endif
