// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define TARGET "avx512f,avx512bw,bmi2"
#define AVX512 __attribute__((target(TARGET)))
#define AVX512_INLINE __attribute__((target(TARGET), always_inline)) static inline

#define GROUP 64    // codes of one register's worth of bytes
#define AHEAD 8192  // bytes; the hardware's own prefetching leaves a sixth of the bandwidth unused

typedef __m512i v64;

// Byte m of 64 codes in register m, for all 16 bytes. Register r of the input holds codes 4 r to
// 4 r + 3, so code 4 r + q ends at place 16 q + r. Four rounds of a perfect shuffle within lanes.
AVX512_INLINE void transpose(const uint8_t *codes, v64 *plane) {
  v64 x[16];
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) x[r] = _mm512_loadu_si512(codes + 64 * r);
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; round++) {
    v64 y[16];
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
      y[2 * r] = _mm512_unpacklo_epi8(x[r], x[r + 8]);
      y[2 * r + 1] = _mm512_unpackhi_epi8(x[r], x[r + 8]);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < 16; r++) x[r] = y[r];
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) plane[r] = x[r];
}

// Asks for the memory of a later group; past the end that does nothing.
AVX512_INLINE void prefetch(const uint8_t *codes) {
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) {
    _mm_prefetch((const char *)((uintptr_t)codes + AHEAD + 64 * (uintptr_t)r), _MM_HINT_T0);
  }
}

AVX512_INLINE v64 low_nibbles(v64 x) { return _mm512_and_si512(x, _mm512_set1_epi8(15)); }
AVX512_INLINE v64 high_nibbles(v64 x) { return low_nibbles(_mm512_srli_epi16(x, 4)); }

AVX512_INLINE v64 look_up(const uint8_t *table, v64 nibbles) {
  v64 entries = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
  return _mm512_shuffle_epi8(entries, nibbles);
}

// The codes at or above the threshold, bit by place.
AVX512_INLINE uint64_t passing(v64 sums, uint16_t threshold) {
  if (threshold > SL_SKETCH_LIMIT) return 0;
  return _mm512_cmpge_epu8_mask(sums, _mm512_set1_epi8((char)threshold));
}

__attribute__((target(TARGET), noinline)) static size_t emit(v64 sums, uint64_t places,
                                                             uint32_t first, uint32_t *hits) {
  uint8_t score[64];
  memcpy(score, &sums, 64);
  uint64_t mask = 0;
  for (int q = 0; q < 4; q++) mask |= _pdep_u64(places >> (16 * q), 0x1111111111111111u << q);
  size_t found = 0;
  for (; mask; mask &= mask - 1) {
    uint32_t code = (uint32_t)__builtin_ctzll(mask);
    hits[found++] = (uint32_t)score[16 * (code % 4) + code / 4] << 20 | (first + code);
  }
  return found;
}

AVX512_INLINE v64 scores_of_one(const uint8_t *tables, const v64 *plane) {
  v64 even = _mm512_setzero_si512(), odd = even;
#pragma clang loop unroll(full)
  for (int m = 0; m < 16; m++) {
    even = _mm512_add_epi8(even, look_up(tables + 32 * m, low_nibbles(plane[m])));
    odd = _mm512_add_epi8(odd, look_up(tables + 32 * m + 16, high_nibbles(plane[m])));
  }
  return _mm512_add_epi8(even, odd);
}

AVX512 static size_t scan_one(const uint8_t *tables, const uint8_t *codes, size_t count,
                              uint16_t threshold, uint32_t *hits) {
  size_t found = 0;
  for (size_t i = 0; i + GROUP <= count; i += GROUP) {
    v64 plane[16];
    prefetch(codes + i * SL_SKETCH_BYTES);
    transpose(codes + i * SL_SKETCH_BYTES, plane);
    v64 sums = scores_of_one(tables, plane);
    uint64_t places = passing(sums, threshold);
    if (places) found += emit(sums, places, (uint32_t)i, hits + found);
  }
  return found;
}

// Probes and groups of codes that share loads in a batch.
#define PROBES 2
#define GROUPS 2

AVX512_INLINE void scan_tile(const uint8_t *tables, int probes, const v64 *nibbles, uint32_t first,
                             const uint16_t *thresholds, uint32_t *hits, size_t room,
                             size_t *found) {
  // Two sums each, so that one addition need not wait for the other.
  v64 sums[PROBES][GROUPS][2] = {0};
#pragma clang loop unroll_count(4)
  for (int m = 0; m < 32; m++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < probes; p++) {
      const uint8_t *table = tables + p * SL_SKETCH_TABLE_BYTES + 16 * m;
#pragma clang loop unroll(full)
      for (int g = 0; g < GROUPS; g++) {
        v64 *sum = &sums[p][g][m % 2];
        *sum = _mm512_add_epi8(*sum, look_up(table, nibbles[32 * g + m]));
      }
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < probes; p++) {
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) {
      v64 sum = _mm512_add_epi8(sums[p][g][0], sums[p][g][1]);
      uint64_t places = passing(sum, thresholds[p]);
      if (places) {
        found[p] += emit(sum, places, first + (uint32_t)g * GROUP, hits + p * room + found[p]);
      }
    }
  }
}

AVX512 void sl_sketch_scan_batch_avx512(const uint8_t *tables, size_t probes, const uint8_t *codes,
                                        size_t count, const uint16_t *thresholds, uint32_t *hits,
                                        size_t room, size_t *found) {
  const size_t tile = GROUP * GROUPS;
  size_t done = 0;
  if (probes == 1) {
    found[0] = scan_one(tables, codes, count, thresholds[0], hits);
    done = count / GROUP * GROUP;
  } else {
    for (size_t p = 0; p < probes; p++) found[p] = 0;
    for (; done + tile <= count; done += tile) {
      v64 nibbles[32 * GROUPS];
      for (int g = 0; g < GROUPS; g++) {
        const uint8_t *group = codes + (done + (size_t)g * GROUP) * SL_SKETCH_BYTES;
        v64 plane[16];
        prefetch(group);
        transpose(group, plane);
#pragma clang loop unroll(full)
        for (int m = 0; m < 16; m++) {
          nibbles[32 * g + 2 * m] = low_nibbles(plane[m]);
          nibbles[32 * g + 2 * m + 1] = high_nibbles(plane[m]);
        }
      }
      size_t p = 0;
      for (; p + PROBES <= probes; p += PROBES) {
        scan_tile(tables + p * SL_SKETCH_TABLE_BYTES, PROBES, nibbles, (uint32_t)done,
                  thresholds + p, hits + p * room, room, found + p);
      }
      if (p < probes) {
        scan_tile(tables + p * SL_SKETCH_TABLE_BYTES, 1, nibbles, (uint32_t)done, thresholds + p,
                  hits + p * room, room, found + p);
      }
    }
  }
  sl_sketch_scan_rest(tables, probes, codes, done, count, thresholds, hits, room, found);
}

#endif
