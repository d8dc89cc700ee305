// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>

#pragma STDC FP_CONTRACT OFF

#define AVX512 __attribute__((target("avx512f")))
#define WIDE 9  // registers of the direction

bool sl_quantize_latents_avx512_runs(void) { return sl_cpu().avx512f; }

AVX512 float sl_quantize_latents_avx512(const float *latents, size_t count, int8_t *bytes,
                                        float *scales) {
  float worst = 0;
  for (size_t row = 0; row < count; row++) {
    const float *latent = latents + row * SL_LATENT;
    __m512 x[WIDE + 1], most = _mm512_setzero_ps();
#pragma clang loop unroll(full)
    for (int i = 0; i < WIDE; i++) {
      x[i] = _mm512_loadu_ps(latent + 1 + 16 * i);
      most = _mm512_max_ps(most, _mm512_abs_ps(x[i]));
    }
    x[WIDE] = _mm512_set1_ps(latent[0] * 0.25f);
    float largest = _mm512_reduce_max_ps(_mm512_max_ps(most, _mm512_abs_ps(x[WIDE])));
    float scale = largest / 127, inverse = largest > 0 ? 127 / largest : 0;
    const __m512 to = _mm512_set1_ps(inverse), from = _mm512_set1_ps(scale);
    __m512 sum[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
#pragma clang loop unroll(full)
    for (int i = 0; i <= WIDE; i++) {
      __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(x[i], to));  // ties to even
      _mm_storeu_si128((__m128i *)(bytes + row * SL_SPREAD + 16 * i), _mm512_cvtepi32_epi8(q));
      __m512 left = _mm512_sub_ps(x[i], _mm512_mul_ps(_mm512_cvtepi32_ps(q), from));
      sum[i & 1] = _mm512_add_ps(sum[i & 1], _mm512_mul_ps(left, left));
    }
    scales[row] = scale;
    float square = _mm512_reduce_add_ps(_mm512_add_ps(sum[0], sum[1]));
    worst = square > worst ? square : worst;
  }
  return sqrtf(worst) * 1.00002f + 6e-7f;  // as the portable variant
}

#endif
