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

// Scores of 64 codes as two sets of 16-bit sums: of the even places and of the odd ones.
typedef struct {
  v64 even, odd;
} sums;

// Adds a byte's worth of four entries: `even` also gathers 256 times the odd places, taken off at the
// end.
AVX512_INLINE void add_four(sums *s, v64 four) {
  s->even = _mm512_add_epi16(s->even, four);
  s->odd = _mm512_add_epi16(s->odd, _mm512_srli_epi16(four, 8));
}

// The codes at or above the threshold, bit by code.
AVX512_INLINE uint64_t passing(sums *s, uint16_t threshold) {
  const v64 bound = _mm512_set1_epi16((short)threshold);
  s->even = _mm512_sub_epi16(s->even, _mm512_slli_epi16(s->odd, 8));
  uint32_t even = _mm512_cmpge_epu16_mask(s->even, bound);
  uint32_t odd = _mm512_cmpge_epu16_mask(s->odd, bound);
  if (!(even | odd)) return 0;
  uint64_t place = _pdep_u64(even, 0x5555555555555555) | _pdep_u64(odd, 0xaaaaaaaaaaaaaaaa);
  return _pdep_u64(place, 0x1111111111111111) | _pdep_u64(place >> 16, 0x2222222222222222) |
         _pdep_u64(place >> 32, 0x4444444444444444) | _pdep_u64(place >> 48, 0x8888888888888888);
}

__attribute__((target(TARGET), noinline)) static size_t emit(const sums *s, uint64_t mask,
                                                             uint32_t first, uint32_t *hits) {
  uint16_t score[2][32];
  memcpy(score[0], &s->even, 64);
  memcpy(score[1], &s->odd, 64);
  size_t found = 0;
  for (; mask; mask &= mask - 1) {
    uint32_t code = (uint32_t)__builtin_ctzll(mask);
    uint32_t place = 16 * (code % 4) + code / 4;
    hits[found++] = (uint32_t)score[place % 2][place / 2] << 20 | (first + code);
  }
  return found;
}

AVX512_INLINE sums scores_of_one(const uint8_t *tables, const v64 *plane) {
  sums s = {_mm512_setzero_si512(), _mm512_setzero_si512()};
#pragma clang loop unroll(full)
  for (int m = 0; m < 16; m += 2) {
    const uint8_t *t = tables + 32 * m;
    v64 a = _mm512_add_epi8(look_up(t, low_nibbles(plane[m])),
                            look_up(t + 16, high_nibbles(plane[m])));
    v64 b = _mm512_add_epi8(look_up(t + 32, low_nibbles(plane[m + 1])),
                            look_up(t + 48, high_nibbles(plane[m + 1])));
    add_four(&s, _mm512_add_epi8(a, b));
  }
  return s;
}

AVX512 static size_t scan_one(const uint8_t *tables, const uint8_t *codes, size_t count,
                              uint16_t threshold, uint32_t *hits) {
  size_t found = 0;
  for (size_t i = 0; i + GROUP <= count; i += GROUP) {
    v64 plane[16];
    prefetch(codes + i * SL_SKETCH_BYTES);
    transpose(codes + i * SL_SKETCH_BYTES, plane);
    sums s = scores_of_one(tables, plane);
    uint64_t mask = passing(&s, threshold);
    if (mask) found += emit(&s, mask, (uint32_t)i, hits + found);
  }
  return found;
}

// Probes and groups of codes that share loads in a batch: 2 x 2 of them need 12 registers of sums.
#define PROBES 2
#define GROUPS 2

AVX512_INLINE void scores_of_tile(const uint8_t *tables, int probes, const v64 *nibbles,
                                  sums s[PROBES][GROUPS]) {
#pragma clang loop unroll(full)
  for (int p = 0; p < probes; p++) {
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) s[p][g].even = s[p][g].odd = _mm512_setzero_si512();
  }
  for (int m = 0; m < 32; m += 4) {
    v64 four[PROBES][GROUPS];
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++) {
#pragma clang loop unroll(full)
      for (int p = 0; p < probes; p++) {
        const uint8_t *t = tables + p * SL_SKETCH_TABLE_BYTES + 16 * (m + k);
#pragma clang loop unroll(full)
        for (int g = 0; g < GROUPS; g++) {
          v64 entry = look_up(t, nibbles[32 * g + m + k]);
          four[p][g] = k == 0 ? entry : _mm512_add_epi8(four[p][g], entry);
        }
      }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < probes; p++) {
#pragma clang loop unroll(full)
      for (int g = 0; g < GROUPS; g++) add_four(&s[p][g], four[p][g]);
    }
  }
}

AVX512_INLINE void scan_tile(const uint8_t *tables, int probes, const v64 *nibbles, uint32_t first,
                             const uint16_t *thresholds, uint32_t *hits, size_t room,
                             size_t *found) {
  sums s[PROBES][GROUPS];
  scores_of_tile(tables, probes, nibbles, s);
#pragma clang loop unroll(full)
  for (int p = 0; p < probes; p++) {
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) {
      uint64_t mask = passing(&s[p][g], thresholds[p]);
      if (mask) {
        found[p] += emit(&s[p][g], mask, first + (uint32_t)g * GROUP, hits + p * room + found[p]);
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
  // The codes that do not fill a tile.
  for (size_t p = 0; p < probes && done < count; p++) {
    uint32_t *rest = hits + p * room + found[p];
    size_t more = sl_sketch_scan_portable(tables + p * SL_SKETCH_TABLE_BYTES,
                                          codes + done * SL_SKETCH_BYTES, count - done,
                                          thresholds[p], rest);
    for (size_t i = 0; i < more; i++) rest[i] += (uint32_t)done;
    found[p] += more;
  }
}

#endif
