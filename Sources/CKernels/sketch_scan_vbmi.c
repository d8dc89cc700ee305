// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define TARGET "avx512f,avx512bw,avx512vbmi,bmi2"
#define VBMI __attribute__((target(TARGET)))
#define VBMI_INLINE __attribute__((target(TARGET), always_inline)) static inline

#define GROUP 64    // codes of one register's worth of bytes
#define FIELDS 22   // in each half of a code ten of six bits and one of four
#define BLOCK 16    // groups whose fields stay in the first cache while all probes pass, 22 KiB
#define AHEAD 8192  // bytes; the hardware's own prefetching leaves a sixth of the bandwidth unused

typedef __m512i v64;

// Four rounds of a perfect shuffle of bytes within lanes of 16.
VBMI_INLINE void transpose(v64 *x) {
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
}

// Field f of 64 codes in register f. Register r of the input holds codes 4 r to 4 r + 3, so code 4 r + q
// ends at place 16 q + r. A look-up heeds the lower six bits of a byte alone.
VBMI_INLINE void fields_of(const uint8_t *codes, v64 *fields) {
  // The bits at which the fields of a half begin, the last three in the second.
  const v64 front = _mm512_set1_epi64(0x2a241e18120c0600);
  const v64 back = _mm512_set1_epi64(0x00000000003c3630);
  v64 x[16], y[16];
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) {
    v64 four = _mm512_loadu_si512(codes + 64 * r);
    x[r] = _mm512_multishift_epi64_epi8(front, four);
    y[r] = _mm512_multishift_epi64_epi8(back, four);
  }
  transpose(x);
  transpose(y);
  const v64 nibble = _mm512_set1_epi8(15);
#pragma clang loop unroll(full)
  for (int half = 0; half < 2; half++) {
    v64 *own = fields + FIELDS / 2 * half;
#pragma clang loop unroll(full)
    for (int f = 0; f < 8; f++) own[f] = x[8 * half + f];
    own[8] = y[8 * half];
    own[9] = y[8 * half + 1];
    own[10] = _mm512_and_si512(y[8 * half + 2], nibble);
  }
}

// Asks for the memory of a later group; past the end that does nothing.
VBMI_INLINE void prefetch(const uint8_t *codes) {
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r++) {
    _mm_prefetch((const char *)((uintptr_t)codes + AHEAD + 64 * (uintptr_t)r), _MM_HINT_T0);
  }
}

VBMI_INLINE v64 entries(const uint8_t *table, v64 nibbles) {
  v64 all = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
  return _mm512_shuffle_epi8(all, nibbles);
}

// Tables of 64 entries by field, of those of 16 by nibble. Three nibbles make two fields: the one in the
// middle is split, which its entries allow, being sums over its bits.
VBMI_INLINE void widened(const uint8_t *tables, v64 *wide) {
  uint8_t place[64];
  for (int i = 0; i < 64; i++) place[i] = (uint8_t)i;
  const v64 value = _mm512_loadu_si512(place);
  const v64 low = _mm512_and_si512(value, _mm512_set1_epi8(15));
  const v64 high = _mm512_and_si512(_mm512_srli_epi16(value, 4), _mm512_set1_epi8(3));
  const v64 low_pair = _mm512_slli_epi16(_mm512_and_si512(value, _mm512_set1_epi8(3)), 2);
  const v64 high_four = _mm512_and_si512(_mm512_srli_epi16(value, 2), _mm512_set1_epi8(15));
#pragma clang loop unroll(full)
  for (int half = 0; half < 2; half++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) {
      const uint8_t *three = tables + 256 * half + 48 * i;
      v64 *own = wide + FIELDS / 2 * half + 2 * i;
      own[0] = _mm512_add_epi8(entries(three, low), entries(three + 16, high));
      v64 upper = _mm512_sub_epi8(entries(three + 16, low_pair), _mm512_set1_epi8((char)three[16]));
      own[1] = _mm512_add_epi8(upper, entries(three + 32, high_four));
    }
    wide[FIELDS / 2 * half + 10] = entries(tables + 256 * half + 240, low);
  }
}

__attribute__((target(TARGET), noinline)) static size_t emit(const v64 *sums, uint64_t places,
                                                             uint32_t first, uint32_t *hits) {
  const uint8_t *score = (const uint8_t *)sums;
  uint64_t mask = 0;
  for (int q = 0; q < 4; q++) mask |= _pdep_u64(places >> (16 * q), 0x1111111111111111u << q);
  size_t found = 0;
  for (; mask; mask &= mask - 1) {
    uint32_t code = (uint32_t)__builtin_ctzll(mask);
    hits[found++] = (uint32_t)score[16 * (code % 4) + code / 4] << 20 | (first + code);
  }
  return found;
}

// Hits of one probe in up to BLOCK groups. Its tables stay in 22 registers, so nothing is called before
// the last group is summed.
VBMI_INLINE size_t scan_block(const uint8_t *tables, const v64 *fields, size_t groups,
                              uint32_t first, uint16_t threshold, uint32_t *hits) {
  v64 wide[FIELDS], sums[BLOCK];
  uint64_t places[BLOCK];
  widened(tables, wide);
  const v64 bound = _mm512_set1_epi8((char)threshold);
  for (size_t g = 0; g < groups; g++) {
    v64 sum[4];
#pragma clang loop unroll(full)
    for (int f = 0; f < FIELDS; f++) {
      v64 entry = _mm512_permutexvar_epi8(fields[FIELDS * g + f], wide[f]);
      sum[f % 4] = f < 4 ? entry : _mm512_add_epi8(sum[f % 4], entry);
    }
    sums[g] = _mm512_add_epi8(_mm512_add_epi8(sum[0], sum[1]), _mm512_add_epi8(sum[2], sum[3]));
    places[g] = _mm512_cmpge_epu8_mask(sums[g], bound);
  }
  size_t found = 0;
  for (size_t g = 0; g < groups; g++) {
    if (places[g]) found += emit(sums + g, places[g], first + (uint32_t)g * GROUP, hits + found);
  }
  return found;
}

VBMI void sl_sketch_scan_batch_vbmi(const uint8_t *tables, size_t probes, const uint8_t *codes,
                                    size_t count, const uint16_t *thresholds, uint32_t *hits,
                                    size_t room, size_t *found) {
  // Wider tables pay from the second probe on.
  if (probes == 1) {
    sl_sketch_scan_batch_avx512(tables, 1, codes, count, thresholds, hits, room, found);
    return;
  }
  v64 fields[FIELDS * BLOCK];
  for (size_t p = 0; p < probes; p++) found[p] = 0;
  size_t done = 0;
  while (done + GROUP <= count) {
    size_t groups = (count - done) / GROUP < BLOCK ? (count - done) / GROUP : BLOCK;
    for (size_t g = 0; g < groups; g++) {
      const uint8_t *group = codes + (done + g * GROUP) * SL_SKETCH_BYTES;
      prefetch(group);
      fields_of(group, fields + FIELDS * g);
    }
    for (size_t p = 0; p < probes; p++) {
      if (thresholds[p] > SL_SKETCH_LIMIT) continue;
      found[p] += scan_block(tables + p * SL_SKETCH_TABLE_BYTES, fields, groups, (uint32_t)done,
                             thresholds[p], hits + p * room + found[p]);
    }
    done += groups * GROUP;
  }
  sl_sketch_scan_rest(tables, probes, codes, done, count, thresholds, hits, room, found);
}

#endif
