// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "template_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512dq")))
#define AVX512_INLINE __attribute__((target("avx512f,avx512dq"), always_inline)) static inline

#define GOLDEN 0x9e3779b97f4a7c15

// What SplitMix64 makes of eight states.
AVX512_INLINE __m512i mixed(__m512i z) {
  z = _mm512_xor_si512(z, _mm512_srli_epi64(z, 30));
  z = _mm512_mullo_epi64(z, _mm512_set1_epi64((long long)0xbf58476d1ce4e5b9));
  z = _mm512_xor_si512(z, _mm512_srli_epi64(z, 27));
  z = _mm512_mullo_epi64(z, _mm512_set1_epi64((long long)0x94d049bb133111eb));
  return _mm512_xor_si512(z, _mm512_srli_epi64(z, 31));
}

AVX512 void sl_sketch_codes_avx512(const sl_sketch_source *source, uint64_t first, size_t count,
                                   uint8_t *codes) {
  const __m512i key = _mm512_set1_epi64((long long)source->key);
  const __m512i golden = _mm512_set1_epi64((long long)GOLDEN);
  // Entry c is where cell c begins; entry 0, the key, is never asked for.
  const __m512i below8 = _mm512_loadu_si512(source);
  const __m512i from8 = _mm512_loadu_si512(source->spare + 7);
  const __m512i signs = _mm512_set1_epi64((1LL << 60) - 1);
  const __m512i front = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i back = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  __m512i identity = _mm512_add_epi64(_mm512_set1_epi64((long long)first),
                                      _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m512i state = mixed(_mm512_add_epi64(_mm512_xor_si512(key, identity), golden));
    state = _mm512_add_epi64(state, golden);
    __m512i low = mixed(state);
    state = _mm512_add_epi64(state, golden);
    __m512i high = mixed(state);
    state = _mm512_add_epi64(state, golden);
    __m512i spare = _mm512_srli_epi64(mixed(state), 16);
    __m512i cell = _mm512_setzero_si512();
    for (long long step = 8; step; step /= 2) {
      __m512i next = _mm512_or_si512(cell, _mm512_set1_epi64(step));
      __m512i bound = _mm512_permutex2var_epi64(below8, next, from8);
      cell = _mm512_mask_mov_epi64(cell, _mm512_cmpge_epu64_mask(spare, bound), next);
    }
    high = _mm512_or_si512(_mm512_and_si512(high, signs), _mm512_slli_epi64(cell, 60));
    uint8_t *out = codes + i * SL_SKETCH_BYTES;
    _mm512_storeu_si512(out, _mm512_permutex2var_epi64(low, front, high));
    _mm512_storeu_si512(out + 64, _mm512_permutex2var_epi64(low, back, high));
    identity = _mm512_add_epi64(identity, _mm512_set1_epi64(8));
  }
  sl_sketch_codes_portable(source, first + i, count - i, codes + i * SL_SKETCH_BYTES);
}

#endif
