// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <float.h>
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX2_INLINE __attribute__((target("avx2,fma"), always_inline)) static inline

// Half a panel, which is a register.
#define HALF (SL_PANEL / 2)
// Rows and half panels whose 12 sums stay in registers: 6 x 2, or 12 x 1 for up to eight probes.
#define ROWS 12
#define HALVES 2

// What does not change from tile to tile.
typedef struct {
  const float *packed;
  size_t probes, n, room;
  const float *thresholds;
  sl_hit *hits;
  size_t *found;
} search;

// Inner products of `rc` rows with `hc` half panels, both constants where it is called. A function of its
// own, and the sums by way of memory: inlined, they would not all get a register.
AVX2_INLINE void products(const float *panel, size_t hc, const float *rows, size_t rc, size_t n,
                          const float *ahead, __m256 *out) {
  __m256 sum[ROWS][HALVES];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rc; r++) {
#pragma clang loop unroll(full)
    for (size_t h = 0; h < hc; h++) sum[r][h] = _mm256_setzero_ps();
  }
  for (size_t k = 0; k < n; k++) {
    __m256 probe[HALVES];
#pragma clang loop unroll(full)
    for (size_t h = 0; h < hc; h++) probe[h] = _mm256_loadu_ps(panel + k * SL_PANEL + h * HALF);
    _mm_prefetch((const char *)(ahead + k * 16), _MM_HINT_T1);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      __m256 x = _mm256_broadcast_ss(rows + r * n + k);
#pragma clang loop unroll(full)
      for (size_t h = 0; h < hc; h++) sum[r][h] = _mm256_fmadd_ps(x, probe[h], sum[r][h]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rc; r++) {
#pragma clang loop unroll(full)
    for (size_t h = 0; h < hc; h++) out[r * hc + h] = sum[r][h];
  }
}

__attribute__((target("avx2,fma"), noinline)) static void products_of_few(
    const float *panel, const float *rows, size_t n, const float *ahead, __m256 *out) {
  products(panel, 1, rows, 12, n, ahead, out);
}

__attribute__((target("avx2,fma"), noinline)) static void products_of_many(
    const float *panel, const float *rows, size_t n, const float *ahead, __m256 *out) {
  products(panel, 2, rows, 6, n, ahead, out);
}

__attribute__((target("avx2,fma"), noinline)) static void products_of_one(
    const float *panel, const float *rows, size_t n, const float *ahead, __m256 *out) {
  products(panel, 2, rows, 1, n, ahead, out);
}

// Keeps what passes of the sums of `rc` rows with `hc` half panels from probe `first` on.
AVX2_INLINE void keep(const search *s, size_t first, size_t hc, uint32_t row, size_t rc,
                        const __m256 *sums) {
  const __m256 high = _mm256_set1_ps(FLT_MAX);
  for (size_t h = 0; h < hc && first + h * HALF < s->probes; h++) {
    size_t from = first + h * HALF;
    float bound[HALF];  // nothing is at or above infinity and finite
    for (size_t l = 0; l < HALF; l++) {
      float t = from + l < s->probes ? s->thresholds[from + l] : __builtin_inff();
      bound[l] = t < -FLT_MAX ? -FLT_MAX : t;
    }
    __m256 low = _mm256_loadu_ps(bound);
    for (size_t r = 0; r < rc; r++) {
      const float *score = (const float *)&sums[r * hc + h];
      __m256 x = sums[r * hc + h];
      __m256 in = _mm256_and_ps(_mm256_cmp_ps(x, low, _CMP_GE_OQ),
                                _mm256_cmp_ps(x, high, _CMP_LE_OQ));
      for (uint32_t mask = (uint32_t)_mm256_movemask_ps(in); mask; mask &= mask - 1) {
        size_t l = (size_t)__builtin_ctz(mask), p = from + l;
        s->hits[p * s->room + s->found[p]++] = (sl_hit){score[l], row + (uint32_t)r};
      }
    }
  }
}

// One probe, along the coordinates: rows are read from memory once, in order.
AVX2 static void best_of_one(const search *s, const float *rows, size_t row_count) {
  const size_t n = s->n;
  const float *probe = s->packed + SL_PANEL * n;
  for (size_t j = 0; j < row_count; j++) {
    const float *row = rows + j * n;
    __m256 sum[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),
                     _mm256_setzero_ps()};
    size_t k = 0;
    for (; k + 32 <= n; k += 32) {
#pragma clang loop unroll(full)
      for (size_t l = 0; l < 4; l++) {
        __m256 x = _mm256_loadu_ps(row + k + 8 * l);
        sum[l] = _mm256_fmadd_ps(x, _mm256_loadu_ps(probe + k + 8 * l), sum[l]);
      }
    }
    float lane[8], score = 0;
    _mm256_storeu_ps(lane, _mm256_add_ps(_mm256_add_ps(sum[0], sum[1]),
                                         _mm256_add_ps(sum[2], sum[3])));
    for (; k < n; k++) score += row[k] * probe[k];
    score += ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
             ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    if (score >= s->thresholds[0] && score >= -FLT_MAX && score <= FLT_MAX) {
      s->hits[s->found[0]++] = (sl_hit){score, (uint32_t)j};
    }
  }
}

AVX2 void sl_best_rows_avx2(const float *packed, size_t probes, const float *rows,
                            size_t row_count, size_t n, const float *thresholds, sl_hit *hits,
                            size_t room, size_t *found) {
  const search s = {packed, probes, n, room, thresholds, hits, found};
  __m256 sums[ROWS];
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  size_t j = 0;
  if (probes == 0) return;  // there is not even a panel
  if (probes == 1) {
    best_of_one(&s, rows, row_count);
    return;
  }
  if (probes <= HALF) {
    for (; j + 12 <= row_count; j += 12) {
      products_of_few(packed, rows + j * n, n, rows + (j + 12) * n, sums);
      keep(&s, 0, 1, (uint32_t)j, 12, sums);
    }
  } else {
    for (; j + 6 <= row_count; j += 6) {
      for (size_t p = 0; p < probes; p += SL_PANEL) {
        // The first panel asks for the next rows; what is there already costs nothing to ask for again.
        products_of_many(packed + p * n, rows + j * n, n, rows + (p == 0 ? j + 6 : j) * n, sums);
        keep(&s, p, 2, (uint32_t)j, 6, sums);
      }
    }
  }
  for (; j < row_count; j++) {
    for (size_t p = 0; p < probes; p += SL_PANEL) {
      products_of_one(packed + p * n, rows + j * n, n, rows + j * n, sums);
      keep(&s, p, 2, (uint32_t)j, 1, sums);
    }
  }
}

#endif
