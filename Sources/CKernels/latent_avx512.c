// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "template_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define TARGET "avx512f,avx512dq,avx2"
#define AVX512 __attribute__((target(TARGET)))
#define AVX512_INLINE __attribute__((target(TARGET), always_inline)) static inline

#define WORDS 40  // whole registers of 8; the last of an identity's 39 is followed by one not used
#define WIDE 9    // registers of the direction

bool sl_write_latent_avx512_runs(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
}

// Eight outputs of SplitMix64, from the states after as many steps.
AVX512_INLINE __m512i mixed(__m512i z) {
  z = _mm512_xor_si512(z, _mm512_srli_epi64(z, 30));
  z = _mm512_mullo_epi64(z, _mm512_set1_epi64((int64_t)UINT64_C(0xbf58476d1ce4e5b9)));
  z = _mm512_xor_si512(z, _mm512_srli_epi64(z, 27));
  z = _mm512_mullo_epi64(z, _mm512_set1_epi64((int64_t)UINT64_C(0x94d049bb133111eb)));
  return _mm512_xor_si512(z, _mm512_srli_epi64(z, 31));
}

AVX512 void sl_write_latent_avx512(const sl_generator *g, sl_typicality t, uint64_t start,
                                   float *latent) {
  const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);
  _Alignas(64) uint64_t words[WORDS];
  __m512i state = _mm512_add_epi64(
      _mm512_set1_epi64((int64_t)start),
      _mm512_mullo_epi64(_mm512_set_epi64(8, 7, 6, 5, 4, 3, 2, 1),
                         _mm512_set1_epi64((int64_t)step)));
#pragma clang loop unroll(full)
  for (int i = 0; i < WORDS; i += 8) {
    _mm512_store_si512(words + i, mixed(state));
    state = _mm512_add_epi64(state, _mm512_set1_epi64((int64_t)(8 * step)));
  }
  // From word 3 on the words are 144 indices of 16 bits, lowest first.
  const char *indices = (const char *)(words + 3);
  __m512 magnitude[WIDE];
  __m512d sum = _mm512_setzero_pd();
#pragma clang loop unroll(full)
  for (int i = 0; i < WIDE; i++) {
    __m512i index =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(indices + 32 * i)));
    magnitude[i] = _mm512_i32gather_ps(index, g->magnitude, 4);
    __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(magnitude[i]));
    __m512d high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(magnitude[i], 1));
    // Squares of floats are exact in double, so fused or not the sums are the portable variant's.
    sum = _mm512_fmadd_pd(low, low, sum);
    sum = _mm512_fmadd_pd(high, high, sum);
  }
  __m256d four =
      _mm256_add_pd(_mm512_castpd512_pd256(sum), _mm512_extractf64x4_pd(sum, 1));
  __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  double square = _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));

  float a = (float)sl_typicality_of(t, words[2] >> 16);
  const __m512 scale = _mm512_set1_ps((float)(sqrt(1 - (double)a * a) / sqrt(square)));
  latent[0] = a;
#pragma clang loop unroll(full)
  for (int i = 0; i < WIDE; i++) {
    __mmask16 negative = (__mmask16)(words[i / 4] >> (16 * (i % 4)));
    __m512i value = _mm512_castps_si512(_mm512_mul_ps(magnitude[i], scale));
    value = _mm512_mask_xor_epi32(value, negative, value, _mm512_set1_epi32(INT32_MIN));
    _mm512_storeu_ps(latent + 1 + 16 * i, _mm512_castsi512_ps(value));
  }
}

#endif
