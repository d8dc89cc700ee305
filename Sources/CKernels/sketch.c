// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <stdatomic.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "template_internal.h"

#pragma STDC FP_CONTRACT OFF

#define SIGNS_OF_HIGH ((UINT64_C(1) << 60) - 1)

// Byte by byte, so that a code is the same on every machine; compilers make one store of it.
static void store(uint8_t *p, uint64_t word) {
  for (int i = 0; i < 8; i++) p[i] = (uint8_t)(word >> (8 * i));
}

void sl_sketch_spare_bounds(sl_typicality t, const float *bounds, uint64_t *spare) {
  for (int k = 0; k < SL_SKETCH_CELLS - 1; k++) {
    // The typicality never falls as the spare bits rise: neighbours are further apart, 9e-15 of a
    // deviation or more, than the quantile's error.
    uint64_t low = 0, high = UINT64_C(1) << 48;
    while (low < high) {
      uint64_t middle = low + (high - low) / 2;
      if ((float)sl_typicality_of(t, middle) >= bounds[k]) high = middle;
      else low = middle + 1;
    }
    spare[k] = low;
  }
}

void sl_sketch_codes_portable(const sl_sketch_source *source, uint64_t first, size_t count,
                              uint8_t *codes) {
  for (size_t i = 0; i < count; i++) {
    uint64_t seed = source->key ^ (first + i);
    uint64_t state = sl_splitmix64(&seed);
    uint64_t low = sl_splitmix64(&state), high = sl_splitmix64(&state);
    uint64_t spare = sl_splitmix64(&state) >> 16, cell = 0;
    for (int k = 0; k < SL_SKETCH_CELLS - 1; k++) cell += spare >= source->spare[k];
    store(codes + i * SL_SKETCH_BYTES, low);
    store(codes + i * SL_SKETCH_BYTES + 8, (high & SIGNS_OF_HIGH) | cell << 60);
  }
}

// Which of four coordinates are negative. SSE2 is part of x86-64: nothing to choose at run time.
static uint64_t negative(const float *x) {
#if defined(__SSE2__)
  return (uint64_t)_mm_movemask_ps(_mm_cmplt_ps(_mm_loadu_ps(x), _mm_setzero_ps()));
#else
  uint64_t bits = 0;
  for (int k = 0; k < 4; k++) bits |= (uint64_t)(x[k] < 0) << k;
  return bits;
#endif
}

void sl_sketch_of_latent(const float *latent, const float *bounds, uint8_t *code) {
  uint64_t word[2] = {0, 0}, cell = 0;
  for (int j = 0; j < SL_SKETCH_SIGNS; j += 4) {
    word[j / 64] |= negative(latent + 1 + j) << (j % 64);
  }
  for (int k = 0; k < SL_SKETCH_CELLS - 1; k++) cell += latent[0] >= bounds[k];
  store(code, word[0]);
  store(code + 8, word[1] | cell << 60);
}

static void transform(double *x, int n) {
  for (int h = 1; h < n; h *= 2) {
    for (int i = 0; i < n; i += 2 * h) {
      for (int j = i; j < i + h; j++) {
        double a = x[j], b = x[j + h];
        x[j] = a + b;
        x[j + h] = a - b;
      }
    }
  }
}

// The map backwards: the transform is symmetric, so the steps are taken in reverse order.
void sl_unmap_vector(const sl_generator *g, const float *vector, double *latent) {
  double x[SL_DIMENSION];
  for (int j = 0; j < SL_DIMENSION; j++) x[j] = vector[j];
  transform(x, SL_DIMENSION);
  for (int j = 0; j < SL_DIMENSION; j++) x[j] = g->sign_out[j] ? -x[j] : x[j];
  for (int j = 0; j < 256; j++) x[j] += x[j + 256];
  transform(x, 256);
  for (int j = 0; j <= SL_DIRECTION; j++) {
    double value = (g->sign_in[j] ? -x[j] : x[j]) * 0x1p-9;
    latent[j == SL_DIRECTION ? 0 : j + 1] = value;
  }
}

// Chosen at the first call; see template.c.
typedef void codes_function(const sl_sketch_source *, uint64_t, size_t, uint8_t *);
static void choose_codes(const sl_sketch_source *s, uint64_t first, size_t count, uint8_t *codes);
static _Atomic(codes_function *) chosen_codes = choose_codes;

static void choose_codes(const sl_sketch_source *s, uint64_t first, size_t count, uint8_t *codes) {
  codes_function *f = sl_sketch_codes_portable;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    f = sl_sketch_codes_avx512;
  }
#endif
  atomic_store_explicit(&chosen_codes, f, memory_order_relaxed);
  f(s, first, count, codes);
}

void sl_sketch_codes(const sl_sketch_source *s, uint64_t first, size_t count, uint8_t *codes) {
  atomic_load_explicit(&chosen_codes, memory_order_relaxed)(s, first, count, codes);
}
