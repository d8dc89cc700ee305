// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

void sl_spread_latent(const float *latent, float *spread) {
  memcpy(spread, latent + 1, SL_DIRECTION * sizeof *spread);
  // A power of two: exact. 16 products of two quarters are the product.
  for (int j = SL_DIRECTION; j < SL_SPREAD; j++) spread[j] = latent[0] * 0.25f;
}

float sl_quantize_latents_portable(const float *latents, size_t count, int8_t *bytes,
                                   float *scales) {
  float worst = 0;
  for (size_t row = 0; row < count; row++) {
    float x[SL_SPREAD], largest = 0, square = 0;
    sl_spread_latent(latents + row * SL_LATENT, x);
    for (int j = 0; j < SL_SPREAD; j++) {
      float magnitude = fabsf(x[j]);
      largest = magnitude > largest ? magnitude : largest;
    }
    float scale = largest / 127, inverse = largest > 0 ? 127 / largest : 0;
    for (int j = 0; j < SL_SPREAD; j++) {
      // 1.5 x 2^23 rounds to the nearest integer, ties to even.
      float q = (x[j] * inverse + 12582912.0f) - 12582912.0f;
      float left = x[j] - q * scale;
      square += left * left;
      bytes[row * SL_SPREAD + (size_t)j] = (int8_t)q;
    }
    scales[row] = scale;
    worst = square > worst ? square : worst;
  }
  // Roundings: 160 x 2^-24 of the sum, and 4e-8 of each coordinate.
  return sqrtf(worst) * 1.00002f + 6e-7f;
}

// Chosen at the first call; see template.c.
typedef float quantize_function(const float *, size_t, int8_t *, float *);

static float choose(const float *latents, size_t count, int8_t *bytes, float *scales);
static _Atomic(quantize_function *) chosen = choose;

static quantize_function *best(void) {
#if defined(__x86_64__)
  if (sl_quantize_latents_avx512_runs()) return sl_quantize_latents_avx512;
#endif
  return sl_quantize_latents_portable;
}

static float choose(const float *latents, size_t count, int8_t *bytes, float *scales) {
  quantize_function *f = best();
  atomic_store_explicit(&chosen, f, memory_order_relaxed);
  return f(latents, count, bytes, scales);
}

float sl_quantize_latents(const float *latents, size_t count, int8_t *bytes, float *scales) {
  return atomic_load_explicit(&chosen, memory_order_relaxed)(latents, count, bytes, scales);
}
