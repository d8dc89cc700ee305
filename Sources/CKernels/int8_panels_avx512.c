// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"
#include "int8_avx512.h"

#if defined(__x86_64__)

#include <string.h>

// Many probes against int8 rows: 16 probes lie side by side, and tiles of sums stay in registers.

// Rows of a tile with 1, 2, 3 and 4 panels, as measured on Zen 5: 94 % of the peak of vpdpbusd with 4.
#define ROWS1 8
#define ROWS2 7
#define ROWS3 4
#define ROWS4 4

VNNI_INLINE v64 up_to_four(const int8_t *row, size_t count) {
  uint32_t bytes = 0;
  memcpy(&bytes, row, count);
  return offset(_mm512_set1_epi32((int)bytes));
}

// Bytes 4 q to 4 q + 3 of every lane of 16, four times; q is a constant where it is called.
VNNI_INLINE v64 spread(v64 bytes, int q) {
  switch (q) {
    case 0: return _mm512_shuffle_epi32(bytes, 0x00);
    case 1: return _mm512_shuffle_epi32(bytes, 0x55);
    case 2: return _mm512_shuffle_epi32(bytes, 0xaa);
    default: return _mm512_shuffle_epi32(bytes, 0xff);
  }
}

// `rc` rows by `pc` panels of 16 probes; sums stay in registers.
VNNI_INLINE void panel_tile(sl_int8_probes from, size_t first_probe, size_t pc, size_t probes,
                            const int8_t *rows, const float *scales, size_t rc, size_t n,
                            const float *thresholds, uint32_t first, sl_hit *hits, size_t room,
                            size_t *found) {
  const int8_t *panel = from.panels + first_probe * from.quads * 4;
  const size_t next = from.quads * 64;
  v64 s[ROWS1][4];
#pragma clang loop unroll(full)
  for (size_t c = 0; c < pc; c++) {
    v64 start = _mm512_loadu_si512(from.corrections + first_probe + 16 * c);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) s[r][c] = start;
  }
  size_t k = 0;
  // Sixteen bytes of a row at a time: broadcasts of four from many rows would meet in one cache bank.
  for (; k + 16 <= n; k += 16) {
    v64 bytes[ROWS1];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      __m128i sixteen = _mm_loadu_si128((const __m128i *)(rows + r * n + k));
      bytes[r] = offset(_mm512_broadcast_i32x4(sixteen));
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < 4; q++) {
      v64 probe[4];
#pragma clang loop unroll(full)
      for (size_t c = 0; c < pc; c++) {
        probe[c] = _mm512_loadu_si512(panel + c * next + 16 * k + 64 * q);
      }
#pragma clang loop unroll(full)
      for (size_t r = 0; r < rc; r++) {
        v64 four = spread(bytes[r], q);
#pragma clang loop unroll(full)
        for (size_t c = 0; c < pc; c++) s[r][c] = _mm512_dpbusd_epi32(s[r][c], four, probe[c]);
      }
    }
  }
  for (; k < n; k += 4) {
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      v64 four = up_to_four(rows + r * n + k, n - k < 4 ? n - k : 4);
#pragma clang loop unroll(full)
      for (size_t c = 0; c < pc; c++) {
        v64 probe = _mm512_loadu_si512(panel + c * next + 16 * k);
        s[r][c] = _mm512_dpbusd_epi32(s[r][c], four, probe);
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t c = 0; c < pc; c++) {
    size_t p0 = first_probe + 16 * c;
    size_t width = probes - p0 < 16 ? probes - p0 : 16;
    __mmask16 there = (__mmask16)((1u << width) - 1);
    __m512 low = lowest(_mm512_maskz_loadu_ps(there, thresholds + p0));
    __m512 probe_scale = _mm512_loadu_ps(from.scales + p0);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rc; r++) {
      __m512 score = _mm512_mul_ps(
          _mm512_mul_ps(_mm512_cvtepi32_ps(s[r][c]), _mm512_set1_ps(scales[r])), probe_scale);
      __mmask16 mask = passing(score, low) & there;
      if (__builtin_expect(mask == 0, 1)) continue;
      float values[16];
      _mm512_storeu_ps(values, score);
      for (uint32_t m = finite(mask, score); m; m &= m - 1) {
        size_t l = (size_t)__builtin_ctz(m), p = p0 + l;
        hits[p * room + found[p]++] = (sl_hit){values[l], first + (uint32_t)r};
      }
    }
  }
}

VNNI_INLINE void panels(sl_int8_probes from, size_t first_probe, size_t pc, size_t probes, size_t rc,
                        const int8_t *rows, const float *scales, size_t row_count, size_t n,
                        const float *thresholds, sl_hit *hits, size_t room, size_t *found) {
  size_t j = 0;
  for (; j + rc <= row_count; j += rc) {
    prefetch(rows + j * n, rc * n);
    panel_tile(from, first_probe, pc, probes, rows + j * n, scales + j, rc, n, thresholds,
               (uint32_t)j, hits, room, found);
  }
  for (; j < row_count; j++) {
    panel_tile(from, first_probe, pc, probes, rows + j * n, scales + j, 1, n, thresholds,
               (uint32_t)j, hits, room, found);
  }
}

VNNI void sl_best_rows_int8_vnni(const void *packed, size_t probes, const int8_t *rows,
                                 const float *scales, size_t row_count, size_t n,
                                 const float *thresholds, sl_hit *hits, size_t room,
                                 size_t *found) {
  sl_int8_probes from = sl_int8_layout(packed, probes, n);
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  if (probes <= FEW) {
    sl_best_rows_int8_few_vnni(from, probes, rows, scales, row_count, n, thresholds, hits, room,
                               found);
    return;
  }
  // Four panels of a dimension of 512 are 32 KiB, and stay in the first-level cache over all rows.
  for (size_t p = 0; p < probes; p += 64) {
    switch ((probes - p + 15) / 16) {
      case 1:
        panels(from, p, 1, probes, ROWS1, rows, scales, row_count, n, thresholds, hits, room, found);
        break;
      case 2:
        panels(from, p, 2, probes, ROWS2, rows, scales, row_count, n, thresholds, hits, room, found);
        break;
      case 3:
        panels(from, p, 3, probes, ROWS3, rows, scales, row_count, n, thresholds, hits, room, found);
        break;
      default:
        panels(from, p, 4, probes, ROWS4, rows, scales, row_count, n, thresholds, hits, room, found);
        break;
    }
  }
}

#endif
