// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <float.h>
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX2_INLINE __attribute__((target("avx2,fma"), always_inline)) static inline

AVX2 double sl_exact_dot_avx2(const float *a, const float *b, size_t n) {
  __m256d sum[4] = {_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd(),
                    _mm256_setzero_pd()};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (int l = 0; l < 4; l++) {
      __m256d x = _mm256_cvtps_pd(_mm_loadu_ps(a + i + 4 * l));
      __m256d y = _mm256_cvtps_pd(_mm_loadu_ps(b + i + 4 * l));
      sum[l] = _mm256_fmadd_pd(x, y, sum[l]);  // the product is exact, so fusing changes nothing
    }
  }
  double lane[16];
  for (int l = 0; l < 4; l++) _mm256_storeu_pd(lane + 4 * l, sum[l]);
  for (int l = 0; i < n; i++, l++) lane[l] += (double)a[i] * b[i];
  for (int h = 8; h >= 1; h /= 2) {
    for (int l = 0; l < h; l++) lane[l] += lane[l + h];
  }
  return lane[0];
}

AVX2_INLINE float folded(__m256 x) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

// A tile of `pc` probes by `rc` rows, both constants where it is called: 12 sums stay in registers.
AVX2_INLINE void tile(const float *p, size_t pc, const float *r, size_t rc, size_t n, float *s,
                      size_t stride) {
  __m256 sum[4][4];
  for (size_t i = 0; i < pc; i++) {
    for (size_t j = 0; j < rc; j++) sum[i][j] = _mm256_setzero_ps();
  }
  size_t k = 0;
  for (; k + 8 <= n; k += 8) {
    __m256 row[4];
    for (size_t j = 0; j < rc; j++) row[j] = _mm256_loadu_ps(r + j * n + k);
    for (size_t i = 0; i < pc; i++) {
      __m256 probe = _mm256_loadu_ps(p + i * n + k);
      for (size_t j = 0; j < rc; j++) sum[i][j] = _mm256_fmadd_ps(probe, row[j], sum[i][j]);
    }
  }
  for (size_t i = 0; i < pc; i++) {
    for (size_t j = 0; j < rc; j++) {
      float total = folded(sum[i][j]);
      for (size_t l = k; l < n; l++) total += p[i * n + l] * r[j * n + l];
      s[i * stride + j] = total;
    }
  }
}

AVX2_INLINE void strip(const float *p, size_t pc, const float *rows, size_t row_count, size_t n,
                       float *s, size_t stride, size_t width) {
  size_t j = 0;
  for (; j + width <= row_count; j += width) tile(p, pc, rows + j * n, width, n, s + j, stride);
  for (; j < row_count; j++) tile(p, pc, rows + j * n, 1, n, s + j, stride);
}

// Rows in groups that stay in the first-level cache while all probes pass over them.
#define GROUP 12

AVX2 void sl_scores_avx2(const float *probes, size_t probe_count, const float *rows,
                         size_t row_count, size_t n, float *scores, size_t stride) {
  for (size_t j = 0; j < row_count; j += GROUP) {
    size_t group = row_count - j < GROUP ? row_count - j : GROUP;
    const float *r = rows + j * n;
    size_t i = 0;
    for (; i + 4 <= probe_count; i += 4) {
      strip(probes + i * n, 4, r, group, n, scores + i * stride + j, stride, 3);
    }
    const float *p = probes + i * n;
    float *s = scores + i * stride + j;
    switch (probe_count - i) {
      case 3: strip(p, 3, r, group, n, s, stride, 4); break;
      case 2: strip(p, 2, r, group, n, s, stride, 4); break;
      case 1: strip(p, 1, r, group, n, s, stride, 4); break;
      default: break;
    }
  }
}

AVX2 size_t sl_select_avx2(const float *scores, size_t count, float threshold,
                           uint32_t *indices) {
  if (threshold < -FLT_MAX) threshold = -FLT_MAX;  // minus infinity is not finite either
  const __m256 low = _mm256_set1_ps(threshold), high = _mm256_set1_ps(FLT_MAX);
  size_t found = 0, i = 0;
  for (; i + 32 <= count; i += 32) {
    uint32_t mask = 0;
    for (int l = 0; l < 4; l++) {
      __m256 x = _mm256_loadu_ps(scores + i + 8 * l);
      __m256 in = _mm256_and_ps(_mm256_cmp_ps(x, low, _CMP_GE_OQ),
                                _mm256_cmp_ps(x, high, _CMP_LE_OQ));
      mask |= (uint32_t)_mm256_movemask_ps(in) << (8 * l);
    }
    for (; mask; mask &= mask - 1) indices[found++] = (uint32_t)(i + __builtin_ctz(mask));
  }
  for (; i < count; i++) {
    indices[found] = (uint32_t)i;
    found += scores[i] >= threshold && scores[i] <= FLT_MAX;
  }
  return found;
}

#endif
