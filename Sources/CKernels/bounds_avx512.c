// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "bounds_internal.h"
#include "template_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni"
#define AVX512 __attribute__((target(TARGET)))
#define AVX512_INLINE __attribute__((target(TARGET), always_inline)) static inline

#define GOLDEN 0x9e3779b97f4a7c15

typedef __m512i v8;  // a word of each of eight identities

// What SplitMix64 makes of eight states.
AVX512_INLINE v8 mixed(v8 z) {
  z = _mm512_xor_si512(z, _mm512_srli_epi64(z, 30));
  z = _mm512_mullo_epi64(z, _mm512_set1_epi64((long long)0xbf58476d1ce4e5b9));
  z = _mm512_xor_si512(z, _mm512_srli_epi64(z, 27));
  z = _mm512_mullo_epi64(z, _mm512_set1_epi64((long long)0x94d049bb133111eb));
  return _mm512_xor_si512(z, _mm512_srli_epi64(z, 31));
}

// The word after the state's, and the state moved on.
AVX512_INLINE v8 next(v8 *state) {
  *state = _mm512_add_epi64(*state, _mm512_set1_epi64((long long)GOLDEN));
  return mixed(*state);
}

// The two rows of a byte table: entry by the upper 7 bits of an index, and by the 7 below them.
typedef struct {
  v8 front[2], back[2];
} rows;

AVX512_INLINE rows loaded(const uint8_t table[2][128]) {
  return (rows){{_mm512_loadu_si512(table[0]), _mm512_loadu_si512(table[0] + 64)},
                {_mm512_loadu_si512(table[1]), _mm512_loadu_si512(table[1] + 64)}};
}

AVX512_INLINE v8 look_up(rows t, v8 upper, v8 lower, __mmask64 last) {
  v8 coarse = _mm512_permutex2var_epi8(t.front[0], upper, t.front[1]);
  return _mm512_mask_mov_epi8(coarse, last,
                              _mm512_permutex2var_epi8(t.back[0], lower, t.back[1]));
}

// The sums over an identity's coordinates, halves of it in the two 32-bit lanes of each 64.
typedef struct {
  v8 product, square, off;
} sums;

// Eight coordinates: those of two words, taken by turns. `sign` holds their sign bits in every byte.
AVX512_INLINE void add_eight(sums *s, rows magnitude, rows square, v8 even, v8 odd, v8 sign,
                             int64_t probe) {
  const __mmask64 odd_bytes = 0xaaaaaaaaaaaaaaaa;
  const v8 bit = _mm512_set1_epi64((long long)0x8008400420021001);
  v8 upper = _mm512_mask_mov_epi8(_mm512_srli_epi64(even, 9), odd_bytes, _mm512_srli_epi64(odd, 1));
  v8 lower = _mm512_mask_mov_epi8(_mm512_srli_epi64(even, 2), odd_bytes, _mm512_slli_epi64(odd, 6));
  // The table look-up ignores the top bit of a byte.
  __mmask64 last = _mm512_cmpeq_epi8_mask(_mm512_or_si512(upper, _mm512_set1_epi8((char)0x80)),
                                          _mm512_set1_epi8(-1));
  v8 m = look_up(magnitude, upper, lower, last);
  s->off = _mm512_add_epi64(
      s->off, _mm512_sad_epu8(look_up(square, upper, lower, last), _mm512_setzero_si512()));
  v8 y = _mm512_set1_epi64(probe);
  y = _mm512_mask_sub_epi8(y, _mm512_test_epi8_mask(sign, bit), _mm512_setzero_si512(), y);
  s->product = _mm512_dpbusd_epi32(s->product, m, y);
  v8 low = _mm512_and_si512(m, _mm512_set1_epi16(255)), high = _mm512_srli_epi16(m, 8);
  s->square = _mm512_dpwssd_epi32(_mm512_dpwssd_epi32(s->square, low, low), high, high);
}

AVX512_INLINE __m256 halves_added(v8 x) {
  x = _mm512_add_epi32(x, _mm512_srli_epi64(x, 32));
  return _mm256_cvtepi32_ps(_mm512_cvtepi64_epi32(x));
}

AVX512_INLINE void eight(const sl_bounds *b, const sl_bounds_probe *p, rows magnitude, rows square,
                         v8 seed, __mmask8 mask, float *middle, float *reach) {
  v8 state = mixed(_mm512_add_epi64(seed, _mm512_set1_epi64((long long)GOLDEN)));
  v8 sign[3];
  for (int w = 0; w < 3; w++) sign[w] = next(&state);
  sums s = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
#pragma clang loop unroll(full)
  for (int r = 0; r < 18; r++) {
    v8 even = next(&state), odd = next(&state);
    v8 byte = _mm512_set1_epi64((long long)(0x0101010101010101 * (unsigned)(r % 8)));
    // Byte r % 8 of each 64-bit lane, eight times over; the shuffle works within lanes of 128.
    byte = _mm512_or_si512(byte, _mm512_set4_epi32(0x08080808, 0x08080808, 0, 0));
    int64_t eight_of_probe;
    __builtin_memcpy(&eight_of_probe, p->coordinate + 8 * r, 8);
    add_eight(&s, magnitude, square, even, odd, _mm512_shuffle_epi8(sign[r / 8], byte),
              eight_of_probe);
  }
  // Middle and reach of the typicality, two floats an entry.
  v8 pair = _mm512_i64gather_epi64(_mm512_srli_epi64(sign[2], 52), b->typicality, 8);
  const __m256 one = _mm256_set1_ps(1);
  __m256 a = _mm256_castsi256_ps(_mm512_cvtepi64_epi32(pair));
  __m256 a_reach = _mm256_castsi256_ps(_mm512_cvtepi64_epi32(_mm512_srli_epi64(pair, 32)));
  __m256 length = _mm256_sqrt_ps(halves_added(s.square));
  __m256 off = _mm256_cvtepi32_ps(_mm512_cvtepi64_epi32(s.off));
  __m256 wrong = _mm256_sqrt_ps(_mm256_mul_ps(off, _mm256_set1_ps(b->square_step)));
  __m256 along =
      _mm256_div_ps(_mm256_mul_ps(halves_added(s.product), _mm256_set1_ps(p->step)), length);
  __m256 apart = _mm256_div_ps(_mm256_add_ps(wrong, wrong),
                               _mm256_sub_ps(_mm256_add_ps(length, length), wrong));
  __m256 rest = _mm256_sqrt_ps(_mm256_sub_ps(one, _mm256_mul_ps(a, a)));
  _mm256_mask_storeu_ps(middle, mask,
                        _mm256_add_ps(_mm256_mul_ps(a, _mm256_set1_ps(p->typicality)),
                                      _mm256_mul_ps(rest, along)));
  __m256 of_a = _mm256_add_ps(_mm256_mul_ps(a_reach, _mm256_set1_ps(p->length)),
                              _mm256_set1_ps(SL_BOUNDS_SLACK));
  __m256 of_rest = _mm256_add_ps(_mm256_mul_ps(apart, _mm256_set1_ps(p->rest)),
                                 _mm256_set1_ps(p->left_out));
  _mm256_mask_storeu_ps(reach, mask, _mm256_add_ps(of_a, of_rest));
}

AVX512 void sl_score_bounds_avx512(const sl_bounds *bounds, uint64_t key,
                                   const sl_bounds_probe *probe, const uint64_t *identities,
                                   size_t count, float *middle, float *reach) {
  const rows magnitude = loaded(bounds->magnitude), square = loaded(bounds->square);
  const v8 keys = _mm512_set1_epi64((long long)key);
  for (size_t i = 0; i < count; i += 8) {
    __mmask8 mask = count - i < 8 ? (__mmask8)((1u << (count - i)) - 1) : 0xff;
    v8 seed = _mm512_xor_si512(keys, _mm512_maskz_loadu_epi64(mask, identities + i));
    eight(bounds, probe, magnitude, square, seed, mask, middle + i, reach + i);
  }
}

#endif
