// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

// `sl_write_person_latent`, eight coordinates at a time, with the steps and sums of people.c in their
// order.

#include "template_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// FMA is left out on purpose; see template_avx2.c.
#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE __attribute__((target("avx2"), always_inline)) static inline

#define GROUPS (SL_DIRECTION / 8)

// Two registers; lane l is running sum l of the portable variant.
typedef double eight __attribute__((vector_size(64)));
typedef float eight_floats __attribute__((vector_size(32)));

// Draws a stream's magnitudes with their signs, in double, and adds their squares to `lane` as they
// come, while the next ones are on their way; returns the spare bits.
AVX2_INLINE uint64_t draw_signed(const sl_generator *g, uint64_t start, eight *x, eight *lane) {
  sl_drawn drawn;
  sl_draw(g, start, &drawn);
  const __m256i to_top = _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24);
  const __m256i top = _mm256_set1_epi32(INT32_MIN);
  for (int j = 0; j < SL_DIRECTION; j += 8) {
    __m256i bits = _mm256_set1_epi32((int)(drawn.sign[j / 64] >> (j % 64) & 0xff));
    __m256i sign = _mm256_and_si256(_mm256_sllv_epi32(bits, to_top), top);
    __m256 value =
        _mm256_xor_ps(_mm256_load_ps(drawn.magnitude + j), _mm256_castsi256_ps(sign));
    x[j / 8] = __builtin_convertvector((eight_floats)value, eight);
    *lane += x[j / 8] * x[j / 8];
  }
  return drawn.spare;
}

// By pointer: so wide an argument has no settled place in a call that is not inlined.
AVX2_INLINE double folded(const eight *lane) {
  double t[4];
  for (int l = 0; l < 4; l++) t[l] = (*lane)[l] + (*lane)[l + 4];
  return (t[0] + t[2]) + (t[1] + t[3]);
}

AVX2_INLINE double dot(const eight *x, const eight *y) {
  eight lane = {0};
  for (int i = 0; i < GROUPS; i++) lane += x[i] * y[i];
  return folded(&lane);
}

AVX2_INLINE void scale(eight *x, double factor) {
  for (int i = 0; i < GROUPS; i++) x[i] *= factor;
}

AVX2_INLINE uint64_t direction_of(const sl_generator *g, uint64_t start, eight *x) {
  eight lane = {0};
  uint64_t spare = draw_signed(g, start, x, &lane);
  scale(x, 1 / sqrt(folded(&lane)));
  return spare;
}

// A person's direction without the cell's part; returns the spare bits. `t` becomes the distribution that
// they draw the typicality from.
AVX2_INLINE uint64_t own_direction(const sl_generator *g, sl_person person, sl_typicality *t,
                                   eight *v) {
  uint64_t spare = direction_of(g, person.start, v);
  if (!person.has_anchor) return spare;
  eight other[GROUPS];
  double b = sl_typicality_of(*t, direction_of(g, person.anchor, other));
  double along = -dot(v, other);
  for (int i = 0; i < GROUPS; i++) v[i] = v[i] + along * other[i];
  double side = sqrt(1 - person.alike * person.alike) / sqrt(dot(v, v));
  for (int i = 0; i < GROUPS; i++) v[i] = side * v[i] + person.alike * other[i];
  *t = (sl_typicality){t->mean + 0.8 * (b - t->mean), 0.6 * t->deviation, t->low, t->high};
  return spare;
}

AVX2_INLINE void add_cell(sl_person person, const double *centre, eight *v) {
  double self = sqrt(1 - person.common), cell = sqrt(person.common);
  for (int i = 0; i < GROUPS; i++) {
    eight c;
    memcpy(&c, centre + 8 * i, sizeof c);
    v[i] = self * v[i] + cell * c;
  }
}

AVX2 void sl_write_person_latent_avx2(const sl_generator *g, sl_typicality t, sl_person person,
                                      const double *centre, float *latent) {
  eight v[GROUPS];
  uint64_t spare = own_direction(g, person, &t, v);
  if (centre) {
    add_cell(person, centre, v);
    scale(v, 1 / sqrt(dot(v, v)));
  }
  latent[0] = (float)sl_typicality_of(t, spare);
  double rest = sqrt(1 - (double)latent[0] * latent[0]);
  for (int i = 0; i < GROUPS; i++) {
    eight_floats row = __builtin_convertvector(rest * v[i], eight_floats);
    memcpy(latent + 1 + 8 * i, &row, sizeof row);
  }
}

// The signs need neither the last two factors, which are positive, nor rounding to float, which leaves no
// coordinate at zero: none but zero itself is nearer to it than some 1e-20.
AVX2 void sl_sketch_of_person_avx2(const sl_generator *g, sl_typicality t, sl_person person,
                                   const double *centre, const uint64_t *spare_bounds,
                                   const float *bounds, uint8_t *code) {
  eight v[GROUPS];
  uint64_t spare = own_direction(g, person, &t, v), cell = 0;
  if (centre) add_cell(person, centre, v);
  uint64_t word[2] = {0, 0};
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    __m256d half[2];
    memcpy(half, v + i, sizeof half);
    const __m256d zero = _mm256_setzero_pd();
    int low = _mm256_movemask_pd(_mm256_cmp_pd(half[0], zero, _CMP_LT_OQ));
    int high = _mm256_movemask_pd(_mm256_cmp_pd(half[1], zero, _CMP_LT_OQ));
    word[i / 8] |= (uint64_t)(low | high << 4) << (8 * (i % 8));
  }
  if (person.has_anchor) {
    float a = (float)sl_typicality_of(t, spare);
    for (int k = 0; k < SL_SKETCH_CELLS - 1; k++) cell += a >= bounds[k];
  } else {
    for (int k = 0; k < SL_SKETCH_CELLS - 1; k++) cell += spare >= spare_bounds[k];
  }
  word[1] = (word[1] & ((UINT64_C(1) << 60) - 1)) | cell << 60;
  memcpy(code, word, sizeof word);
}

#endif
