// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "template_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// FMA is left out on purpose: a fused product would round differently from the portable variant.
#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE __attribute__((target("avx2"), always_inline)) static inline

typedef __m256 v8;

AVX2_INLINE v8 masked(v8 x, const uint32_t *mask) {
  return _mm256_xor_ps(x, _mm256_loadu_ps((const float *)mask));
}

AVX2_INLINE void butterfly(v8 *a, v8 *b) {
  v8 sum = _mm256_add_ps(*a, *b);
  *b = _mm256_sub_ps(*a, *b);
  *a = sum;
}

// Stages 1, 2 and 4 of the transform, within a register: (a, b) becomes (a + b, a - b).
AVX2_INLINE v8 within(v8 x) {
  const v8 odd = _mm256_castsi256_ps(
      _mm256_setr_epi32(0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN, 0, INT32_MIN));
  const v8 upper = _mm256_castsi256_ps(
      _mm256_setr_epi32(0, 0, INT32_MIN, INT32_MIN, 0, 0, INT32_MIN, INT32_MIN));
  const v8 high = _mm256_castsi256_ps(
      _mm256_setr_epi32(0, 0, 0, 0, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN));
  x = _mm256_add_ps(_mm256_permute_ps(x, 0xb1), _mm256_xor_ps(x, odd));
  x = _mm256_add_ps(_mm256_permute_ps(x, 0x4e), _mm256_xor_ps(x, upper));
  return _mm256_add_ps(_mm256_permute2f128_ps(x, x, 1), _mm256_xor_ps(x, high));
}

// Three stages across eight registers.
AVX2_INLINE void across(v8 r[8]) {
  for (int h = 1; h < 8; h *= 2) {
    for (int i = 0; i < 8; i += 2 * h) {
      for (int j = i; j < i + h; j++) butterfly(&r[j], &r[j + h]);
    }
  }
}

// Stages 1 to 32: 64 values in eight registers.
AVX2_INLINE void block_of_64(v8 r[8]) {
  for (int i = 0; i < 8; i++) r[i] = within(r[i]);
  across(r);
}

AVX2_INLINE void map_padded(const sl_generator *g, const float *p, float *out) {
  _Alignas(32) float x[192], y[SL_DIMENSION];
  const v8 scale = _mm256_set1_ps(0x1p-9f);
  // Of 256 inputs, those from 152 on are zero; the last 64 stay zero through stages 1 to 32.
  for (int b = 0; b < 3; b++) {
    v8 r[8];
    for (int i = 0; i < 8; i++) {
      int j = 64 * b + 8 * i;
      r[i] = j < SL_PADDED
                 ? masked(_mm256_mul_ps(_mm256_load_ps(p + j), scale), g->sign_in + j)
                 : _mm256_setzero_ps();
    }
    block_of_64(r);
    for (int i = 0; i < 8; i++) _mm256_store_ps(x + 64 * b + 8 * i, r[i]);
  }
  for (int j = 0; j < 64; j += 8) {  // stages 64 and 128; 256 only copies
    v8 r[4] = {_mm256_load_ps(x + j), _mm256_load_ps(x + 64 + j), _mm256_load_ps(x + 128 + j),
               _mm256_setzero_ps()};
    butterfly(&r[0], &r[1]);
    butterfly(&r[2], &r[3]);
    butterfly(&r[0], &r[2]);
    butterfly(&r[1], &r[3]);
    for (int b = 0; b < 4; b++) _mm256_store_ps(y + 64 * b + j, r[b]);
  }
  for (int b = 3; b >= 0; b--) {  // both halves start from the same 256 values
    v8 r[8], s[8];
    for (int i = 0; i < 8; i++) {
      int j = 64 * b + 8 * i;
      v8 value = _mm256_load_ps(y + j);
      r[i] = masked(value, g->sign_out + j);
      s[i] = masked(value, g->sign_out + 256 + j);
    }
    block_of_64(r);
    for (int i = 0; i < 8; i++) _mm256_store_ps(y + 64 * b + 8 * i, r[i]);
    block_of_64(s);
    for (int i = 0; i < 8; i++) _mm256_store_ps(y + 256 + 64 * b + 8 * i, s[i]);
  }
  for (int j = 0; j < 64; j += 8) {  // stages 64, 128, 256
    v8 r[8];
    for (int b = 0; b < 8; b++) r[b] = _mm256_load_ps(y + 64 * b + j);
    across(r);
    for (int b = 0; b < 8; b++) _mm256_storeu_ps(out + 64 * b + j, r[b]);
  }
}

AVX2 void sl_map_latent_avx2(const sl_generator *g, const float *latent, float *vector) {
  _Alignas(32) float p[SL_PADDED];
  memcpy(p, latent + 1, SL_DIRECTION * sizeof *p);
  p[SL_DIRECTION] = latent[0];
  for (int j = SL_DIRECTION + 1; j < SL_PADDED; j++) p[j] = 0;
  map_padded(g, p, vector);
}

AVX2 void sl_write_template_avx2(const sl_generator *g, sl_typicality t, uint64_t start,
                                 float *vector) {
  _Alignas(32) float p[SL_PADDED];
  sl_drawn drawn;
  sl_draw(g, start, &drawn);
  float a = (float)sl_typicality_of(t, drawn.spare);

  __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();
  for (int j = 0; j < SL_DIRECTION; j += 8) {
    __m256d x = _mm256_cvtps_pd(_mm_load_ps(drawn.magnitude + j));
    __m256d y = _mm256_cvtps_pd(_mm_load_ps(drawn.magnitude + j + 4));
    low = _mm256_add_pd(low, _mm256_mul_pd(x, x));
    high = _mm256_add_pd(high, _mm256_mul_pd(y, y));
  }
  low = _mm256_add_pd(low, high);
  __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(low), _mm256_extractf128_pd(low, 1));
  double square = _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));

  const v8 scale = _mm256_set1_ps((float)(sqrt(1 - (double)a * a) / sqrt(square)));
  const __m256i to_top = _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24);
  const __m256i top = _mm256_set1_epi32(INT32_MIN);
  for (int j = 0; j < SL_DIRECTION; j += 8) {
    __m256i bits = _mm256_set1_epi32((int)(drawn.sign[j / 64] >> (j % 64) & 0xff));
    __m256i sign = _mm256_and_si256(_mm256_sllv_epi32(bits, to_top), top);
    v8 value = _mm256_mul_ps(_mm256_load_ps(drawn.magnitude + j), scale);
    _mm256_store_ps(p + j, _mm256_xor_ps(value, _mm256_castsi256_ps(sign)));
  }
  p[SL_DIRECTION] = a;
  for (int j = SL_DIRECTION + 1; j < SL_PADDED; j++) p[j] = 0;
  map_padded(g, p, vector);
}

#endif
