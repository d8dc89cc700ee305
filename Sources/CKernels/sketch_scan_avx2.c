// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define TARGET "avx2,bmi2"
#define AVX2 __attribute__((target(TARGET)))
#define AVX2_INLINE __attribute__((target(TARGET), always_inline)) static inline

#define GROUP 32    // codes of one register's worth of bytes
#define AHEAD 8192  // bytes; the hardware's own prefetching leaves a sixth of the bandwidth unused

typedef __m256i v32;

// Byte m of 32 codes in register m, for all 16 bytes. Register r of the input holds codes 2 r and
// 2 r + 1, so code 2 r + q ends at place 16 q + r. Four rounds of a perfect shuffle within lanes.
AVX2_INLINE void transpose(const uint8_t *codes, v32 *plane) {
  v32 x[16];
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) x[r] = _mm256_loadu_si256((const __m256i *)(codes + 32 * r));
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; round++) {
    v32 y[16];
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
      y[2 * r] = _mm256_unpacklo_epi8(x[r], x[r + 8]);
      y[2 * r + 1] = _mm256_unpackhi_epi8(x[r], x[r + 8]);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < 16; r++) x[r] = y[r];
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) plane[r] = x[r];
}

// Asks for the memory of a later group; past the end that does nothing.
AVX2_INLINE void prefetch(const uint8_t *codes) {
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r++) {
    _mm_prefetch((const char *)((uintptr_t)codes + AHEAD + 64 * (uintptr_t)r), _MM_HINT_T0);
  }
}

AVX2_INLINE v32 low_nibbles(v32 x) { return _mm256_and_si256(x, _mm256_set1_epi8(15)); }
AVX2_INLINE v32 high_nibbles(v32 x) { return low_nibbles(_mm256_srli_epi16(x, 4)); }

AVX2_INLINE v32 look_up(const uint8_t *table, v32 nibbles) {
  v32 entries = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
  return _mm256_shuffle_epi8(entries, nibbles);
}

// The codes at or above the threshold, bit by place.
AVX2_INLINE uint32_t passing(v32 sums, uint16_t threshold) {
  if (threshold > SL_SKETCH_LIMIT) return 0;
  const v32 bound = _mm256_set1_epi8((char)threshold);
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(sums, bound), sums));
}

__attribute__((target(TARGET), noinline)) static size_t emit(v32 sums, uint32_t places,
                                                             uint32_t first, uint32_t *hits) {
  uint8_t score[32];
  memcpy(score, &sums, 32);
  uint32_t mask = _pdep_u32(places, 0x55555555) | _pdep_u32(places >> 16, 0xaaaaaaaa);
  size_t found = 0;
  for (; mask; mask &= mask - 1) {
    uint32_t code = (uint32_t)__builtin_ctz(mask);
    hits[found++] = (uint32_t)score[16 * (code % 2) + code / 2] << 20 | (first + code);
  }
  return found;
}

AVX2_INLINE v32 scores_of_one(const uint8_t *tables, const v32 *plane) {
  v32 even = _mm256_setzero_si256(), odd = even;
#pragma clang loop unroll(full)
  for (int m = 0; m < 16; m++) {
    even = _mm256_add_epi8(even, look_up(tables + 32 * m, low_nibbles(plane[m])));
    odd = _mm256_add_epi8(odd, look_up(tables + 32 * m + 16, high_nibbles(plane[m])));
  }
  return _mm256_add_epi8(even, odd);
}

AVX2 static size_t scan_one(const uint8_t *tables, const uint8_t *codes, size_t count,
                              uint16_t threshold, uint32_t *hits) {
  size_t found = 0;
  for (size_t i = 0; i + GROUP <= count; i += GROUP) {
    v32 plane[16];
    prefetch(codes + i * SL_SKETCH_BYTES);
    transpose(codes + i * SL_SKETCH_BYTES, plane);
    v32 sums = scores_of_one(tables, plane);
    uint32_t places = passing(sums, threshold);
    if (places) found += emit(sums, places, (uint32_t)i, hits + found);
  }
  return found;
}

// Probes that share loads in a batch; 16 registers are enough for these.
#define PROBES 4

AVX2_INLINE void scan_tile(const uint8_t *tables, int probes, const v32 *nibbles, uint32_t first,
                           const uint16_t *thresholds, uint32_t *hits, size_t room,
                           size_t *found) {
  // Two sums each, so that one addition need not wait for the other.
  v32 sums[PROBES][2] = {0};
#pragma clang loop unroll_count(4)
  for (int m = 0; m < 32; m++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < probes; p++) {
      const uint8_t *table = tables + p * SL_SKETCH_TABLE_BYTES + 16 * m;
      sums[p][m % 2] = _mm256_add_epi8(sums[p][m % 2], look_up(table, nibbles[m]));
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < probes; p++) {
    v32 sum = _mm256_add_epi8(sums[p][0], sums[p][1]);
    uint32_t places = passing(sum, thresholds[p]);
    if (places) found[p] += emit(sum, places, first, hits + p * room + found[p]);
  }
}

AVX2 void sl_sketch_scan_batch_avx2(const uint8_t *tables, size_t probes, const uint8_t *codes,
                                        size_t count, const uint16_t *thresholds, uint32_t *hits,
                                        size_t room, size_t *found) {
  const size_t tile = GROUP;
  size_t done = 0;
  if (probes == 1) {
    found[0] = scan_one(tables, codes, count, thresholds[0], hits);
    done = count / GROUP * GROUP;
  } else {
    for (size_t p = 0; p < probes; p++) found[p] = 0;
    for (; done + tile <= count; done += tile) {
      v32 plane[16], nibbles[32];
      prefetch(codes + done * SL_SKETCH_BYTES);
      transpose(codes + done * SL_SKETCH_BYTES, plane);
#pragma clang loop unroll(full)
      for (int m = 0; m < 16; m++) {
        nibbles[2 * m] = low_nibbles(plane[m]);
        nibbles[2 * m + 1] = high_nibbles(plane[m]);
      }
      size_t p = 0;
      for (; p + PROBES <= probes; p += PROBES) {
        scan_tile(tables + p * SL_SKETCH_TABLE_BYTES, PROBES, nibbles, (uint32_t)done,
                  thresholds + p, hits + p * room, room, found + p);
      }
      for (; p < probes; p++) {
        scan_tile(tables + p * SL_SKETCH_TABLE_BYTES, 1, nibbles, (uint32_t)done, thresholds + p,
                  hits + p * room, room, found + p);
      }
    }
  }
  sl_sketch_scan_rest(tables, probes, codes, done, count, thresholds, hits, room, found);
}

#endif
