// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"
#include "int8_avx512.h"

#if defined(__x86_64__)

// Few probes against int8 rows: products lie along the coordinates, rows are read once, at the speed of
// memory.

// Lane i of the result is the sum of the lanes of s[i].
VNNI_INLINE v64 folded(v64 *s) {
  v64 four[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    v64 *t = s + 4 * i;
    v64 a = _mm512_add_epi32(_mm512_unpacklo_epi32(t[0], t[1]), _mm512_unpackhi_epi32(t[0], t[1]));
    v64 b = _mm512_add_epi32(_mm512_unpacklo_epi32(t[2], t[3]), _mm512_unpackhi_epi32(t[2], t[3]));
    four[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
  }
  v64 low = _mm512_add_epi32(_mm512_shuffle_i32x4(four[0], four[1], 0x44),
                             _mm512_shuffle_i32x4(four[0], four[1], 0xee));
  v64 high = _mm512_add_epi32(_mm512_shuffle_i32x4(four[2], four[3], 0x44),
                              _mm512_shuffle_i32x4(four[2], four[3], 0xee));
  return _mm512_add_epi32(_mm512_shuffle_i32x4(low, high, 0x88),
                          _mm512_shuffle_i32x4(low, high, 0xdd));
}

VNNI_INLINE v64 lanes(void) {
  return _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

// What stays the same for `pc` probes against any rows; lane l belongs to probe l / (16 / pc).
typedef struct {
  const int8_t *bytes;
  __m512 scales, low;
  v64 corrections;
} few;

VNNI_INLINE few few_of(sl_int8_probes from, const float *thresholds, size_t pc) {
  v64 probe = _mm512_srli_epi32(lanes(), pc == 1 ? 4 : pc == 2 ? 3 : 2);
  __mmask16 all = (__mmask16)((1u << pc) - 1);
  return (few){
      .bytes = from.rows,
      .scales = _mm512_permutexvar_ps(probe, _mm512_maskz_loadu_ps(all, from.scales)),
      .low = lowest(_mm512_permutexvar_ps(probe, _mm512_maskz_loadu_ps(all, thresholds))),
      .corrections =
          _mm512_permutexvar_epi32(probe, _mm512_maskz_loadu_epi32(all, from.corrections)),
  };
}

// 16 products: `pc` probes by 16 / pc rows, of which the first `left` count. Who passes over rows first
// asks for later ones, line by line between the products: all at once would fill the queues.
VNNI_INLINE void few_tile(few f, size_t stride, size_t pc, const int8_t *rows, const float *scales,
                          size_t left, size_t n, int is_first, uint32_t first, sl_hit *hits,
                          size_t room, size_t *found) {
  const size_t rc = 16 / pc;
  const int8_t *row[16];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rc; r++) row[r] = rows + (r < left ? r : 0) * n;
  v64 s[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) s[i] = _mm512_setzero_si512();
  size_t k = 0;
  for (; k + 64 <= n; k += 64) {
    v64 probe[4];
#pragma clang loop unroll(full)
    for (size_t p = 0; p < pc; p++) probe[p] = _mm512_loadu_si512(f.bytes + p * stride + k);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      v64 bytes = offset(_mm512_loadu_si512(row[r] + k));
      // Fewer than 4 probes are a group by themselves.
      if (pc < 4) {
        prefetch_once(rows + k * rc + 64 * r);
      } else if (is_first) {
        prefetch(rows + k * rc + 64 * r, 64);
      }
#pragma clang loop unroll(full)
      for (size_t p = 0; p < pc; p++) {
        s[p * rc + r] = _mm512_dpbusd_epi32(s[p * rc + r], bytes, probe[p]);
      }
    }
  }
  if (k < n) {
    __mmask64 rest = ((__mmask64)1 << (n - k)) - 1;
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      v64 bytes = offset(_mm512_maskz_loadu_epi8(rest, row[r] + k));
#pragma clang loop unroll(full)
      for (size_t p = 0; p < pc; p++) {
        v64 probe = _mm512_loadu_si512(f.bytes + p * stride + k);
        s[p * rc + r] = _mm512_dpbusd_epi32(s[p * rc + r], bytes, probe);
      }
    }
  }
  v64 place = _mm512_and_si512(lanes(), _mm512_set1_epi32((int)rc - 1));
  __mmask16 loaded = (__mmask16)((1u << (left < rc ? left : rc)) - 1);
  __m512 row_scale = _mm512_permutexvar_ps(place, _mm512_maskz_loadu_ps(loaded, scales));
  __m512 sum = _mm512_cvtepi32_ps(_mm512_add_epi32(folded(s), f.corrections));
  __m512 score = _mm512_mul_ps(_mm512_mul_ps(sum, row_scale), f.scales);
  __mmask16 mask = passing(score, f.low);
  if (__builtin_expect(mask == 0, 1)) return;
  mask = _mm512_mask_cmplt_epi32_mask(mask, place, _mm512_set1_epi32((int)left));
  float values[16];
  _mm512_storeu_ps(values, score);
  for (uint32_t m = finite(mask, score); m; m &= m - 1) {
    uint32_t l = (uint32_t)__builtin_ctz(m), p = l / (uint32_t)rc, r = l % (uint32_t)rc;
    hits[p * room + found[p]++] = (sl_hit){values[l], first + r};
  }
}

VNNI_INLINE void few_rows(sl_int8_probes from, size_t pc, const int8_t *rows, const float *scales,
                          size_t row_count, size_t n, const float *thresholds, sl_hit *hits,
                          size_t room, size_t *found) {
  const size_t rc = 16 / pc;
  few f = few_of(from, thresholds, pc);
  size_t j = 0;
  for (; j + rc <= row_count; j += rc) {
    few_tile(f, from.stride, pc, rows + j * n, scales + j, rc, n, 1, (uint32_t)j, hits, room, found);
  }
  if (j < row_count) {
    few_tile(f, from.stride, pc, rows + j * n, scales + j, row_count - j, n, 1, (uint32_t)j, hits,
             room, found);
  }
}

// 3 probes and more, in groups of 4 that share the rows while they are in the cache. A last group of
// fewer is filled with probes of zeros, which are there up to a whole panel, and whose thresholds nothing
// passes.
VNNI_INLINE void few_groups(sl_int8_probes from, size_t probes, const int8_t *rows,
                            const float *scales, size_t row_count, size_t n,
                            const float *thresholds, sl_hit *hits, size_t room, size_t *found) {
  few groups[FEW / 4];
  const size_t count = (probes + 3) / 4;
  for (size_t g = 0; g < count; g++) {
    float low[4];
    for (size_t p = 0; p < 4; p++) low[p] = 4 * g + p < probes ? thresholds[4 * g + p] : FLT_MAX;
    sl_int8_probes own = from;
    own.rows += 4 * g * from.stride;
    own.scales += 4 * g;
    own.corrections += 4 * g;
    groups[g] = few_of(own, low, 4);
  }
  for (size_t j = 0; j < row_count; j += 4) {
    const size_t left = row_count - j < 4 ? row_count - j : 4;
    for (size_t g = 0; g < count; g++) {
      few_tile(groups[g], from.stride, 4, rows + j * n, scales + j, left, n, g == 0, (uint32_t)j,
               hits + 4 * g * room, room, found + 4 * g);
    }
  }
}

VNNI void sl_best_rows_int8_few_vnni(sl_int8_probes from, size_t probes, const int8_t *rows,
                                     const float *scales, size_t row_count, size_t n,
                                     const float *thresholds, sl_hit *hits, size_t room,
                                     size_t *found) {
  switch (probes) {
    case 0: break;
    case 1: few_rows(from, 1, rows, scales, row_count, n, thresholds, hits, room, found); break;
    case 2: few_rows(from, 2, rows, scales, row_count, n, thresholds, hits, room, found); break;
    default: few_groups(from, probes, rows, scales, row_count, n, thresholds, hits, room, found);
  }
}

#endif
