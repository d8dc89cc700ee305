// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include "int8_internal.h"

#if defined(__x86_64__)

#include <float.h>
#include <immintrin.h>

#define TARGET "avx512f,avx512bw,avx512vnni"
#define VNNI __attribute__((target(TARGET)))
#define VNNI_INLINE __attribute__((target(TARGET), always_inline)) static inline

#define AHEAD 8192  // bytes; the hardware's own prefetching leaves a sixth of the bandwidth unused
#define FEW 12      // up to so many probes go along the coordinates: a panel would be part empty

typedef __m512i v64;

// vpdpbusd multiplies unsigned bytes by signed ones: rows are offset by 128, and sums start from
// -128 x the sum of the probe's bytes.
VNNI_INLINE v64 offset(v64 bytes) { return _mm512_xor_si512(bytes, _mm512_set1_epi8(-128)); }

// Asks for the memory `AHEAD` of some rows; past the end that does nothing.
VNNI_INLINE void prefetch(const int8_t *rows, size_t bytes) {
  for (size_t b = 0; b < bytes; b += 64) {
    _mm_prefetch((const char *)((uintptr_t)rows + AHEAD + b), _MM_HINT_T0);
  }
}

// The same for one line of rows that are passed over once: it comes to the nearest cache only, and pushes nothing
// out of the others, where a camera's pixels may lie.
VNNI_INLINE void prefetch_once(const int8_t *line) {
  _mm_prefetch((const char *)((uintptr_t)line + AHEAD), _MM_HINT_NTA);
}

// Bits of the lanes that pass; `low` is above minus infinity, so that NaN and infinities fail.
VNNI_INLINE __mmask16 passing(__m512 score, __m512 low) {
  return _mm512_cmp_ps_mask(score, low, _CMP_GE_OQ);
}

VNNI_INLINE __m512 lowest(__m512 thresholds) {
  // Of a NaN and a number the second is taken: a threshold that is NaN stays one, which nothing reaches.
  return _mm512_max_ps(_mm512_set1_ps(-FLT_MAX), thresholds);
}

VNNI_INLINE __mmask16 finite(__mmask16 mask, __m512 score) {
  return _mm512_mask_cmp_ps_mask(mask, score, _mm512_set1_ps(FLT_MAX), _CMP_LE_OQ);
}

// For up to `FEW` probes.
void sl_best_rows_int8_few_vnni(sl_int8_probes from, size_t probes, const int8_t *rows,
                                const float *scales, size_t row_count, size_t n,
                                const float *thresholds, sl_hit *hits, size_t room, size_t *found);

#endif
