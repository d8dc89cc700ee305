// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"
#include "int8_internal.h"

#if defined(__x86_64__)

#include <float.h>
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE __attribute__((target("avx2"), always_inline)) static inline

#define AHEAD 8192  // bytes; see int8_avx512.c

AVX2_INLINE int32_t folded(__m256i x) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

AVX2_INLINE __m256i widened(const int8_t *bytes) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}

// `pc` probes by `rc` rows, both constants where it is called. Products of bytes are added in pairs to
// 32 bits, so nothing saturates, whatever the bytes.
AVX2_INLINE void tile(sl_int8_probes from, size_t p0, size_t pc, const int8_t *rows,
                      const float *scales, size_t rc, size_t n, const float *thresholds,
                      uint32_t first, sl_hit *hits, size_t room, size_t *found) {
  const int8_t *probes = from.rows + p0 * from.stride;
  __m256i sum[4][3];
  for (size_t p = 0; p < pc; p++) {
    for (size_t r = 0; r < rc; r++) sum[p][r] = _mm256_setzero_si256();
  }
  size_t k = 0;
  for (; k + 16 <= n; k += 16) {
    __m256i row[3];
    for (size_t r = 0; r < rc; r++) row[r] = widened(rows + r * n + k);
    for (size_t p = 0; p < pc; p++) {
      __m256i probe = widened(probes + p * from.stride + k);
      for (size_t r = 0; r < rc; r++) {
        sum[p][r] = _mm256_add_epi32(sum[p][r], _mm256_madd_epi16(row[r], probe));
      }
    }
  }
  for (size_t p = 0; p < pc; p++) {
    for (size_t r = 0; r < rc; r++) {
      int32_t total = folded(sum[p][r]);
      for (size_t l = k; l < n; l++) {
        total += (int32_t)probes[p * from.stride + l] * rows[r * n + l];
      }
      float score = (float)total * scales[r] * from.scales[p0 + p];
      if (!(score >= thresholds[p0 + p] && score >= -FLT_MAX && score <= FLT_MAX)) continue;
      hits[(p0 + p) * room + found[p0 + p]++] = (sl_hit){score, first + (uint32_t)r};
    }
  }
}

AVX2 void sl_best_rows_int8_avx2(const void *packed, size_t probes, const int8_t *rows,
                                 const float *scales, size_t row_count, size_t n,
                                 const float *thresholds, sl_hit *hits, size_t room,
                                 size_t *found) {
  sl_int8_probes from = sl_int8_layout(packed, probes, n);
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  // Three rows at a time stay in the first-level cache while all probes pass over them.
  size_t j = 0;
  for (; j + 3 <= row_count; j += 3) {
    const int8_t *r = rows + j * n;
    for (size_t b = 0; b < 3 * n; b += 64) {
      _mm_prefetch((const char *)((uintptr_t)r + AHEAD + b), _MM_HINT_T0);
    }
    size_t p = 0;
    for (; p + 4 <= probes; p += 4) {
      tile(from, p, 4, r, scales + j, 3, n, thresholds, (uint32_t)j, hits, room, found);
    }
    for (; p < probes; p++) {
      tile(from, p, 1, r, scales + j, 3, n, thresholds, (uint32_t)j, hits, room, found);
    }
  }
  for (; j < row_count; j++) {
    for (size_t p = 0; p < probes; p++) {
      tile(from, p, 1, rows + j * n, scales + j, 1, n, thresholds, (uint32_t)j, hits, room, found);
    }
  }
}

#endif
