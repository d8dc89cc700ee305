// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <float.h>
#include <stdatomic.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

double sl_exact_dot_portable(const float *a, const float *b, size_t n) {
  double lane[16] = {0};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (int l = 0; l < 16; l++) lane[l] += (double)a[i + l] * b[i + l];
  }
  for (int l = 0; i < n; i++, l++) lane[l] += (double)a[i] * b[i];
  for (int h = 8; h >= 1; h /= 2) {
    for (int l = 0; l < h; l++) lane[l] += lane[l + h];
  }
  return lane[0];
}

void sl_scores_portable(const float *probes, size_t probe_count, const float *rows,
                        size_t row_count, size_t n, float *scores, size_t stride) {
  for (size_t i = 0; i < probe_count; i++) {
    const float *p = probes + i * n;
    for (size_t j = 0; j < row_count; j++) {
      const float *r = rows + j * n;
      float lane[8] = {0};
      size_t k = 0;
      for (; k + 8 <= n; k += 8) {
        for (int l = 0; l < 8; l++) lane[l] += p[k + l] * r[k + l];
      }
      for (; k < n; k++) lane[0] += p[k] * r[k];
      scores[i * stride + j] = ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
                               ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    }
  }
}

size_t sl_select_portable(const float *scores, size_t count, float threshold, uint32_t *indices) {
  size_t found = 0;
  if (threshold < -FLT_MAX) threshold = -FLT_MAX;  // minus infinity is not finite either
  for (size_t i = 0; i < count; i++) {
    indices[found] = (uint32_t)i;
    found += scores[i] >= threshold && scores[i] <= FLT_MAX;
  }
  return found;
}

// Chosen at the first call; see template.c.
typedef double dot_function(const float *, const float *, size_t);
typedef void scores_function(const float *, size_t, const float *, size_t, size_t, float *, size_t);
typedef size_t select_function(const float *, size_t, float, uint32_t *);

static double choose_dot(const float *a, const float *b, size_t n);
static void choose_scores(const float *p, size_t pc, const float *r, size_t rc, size_t n, float *s,
                          size_t stride);
static size_t choose_select(const float *s, size_t count, float threshold, uint32_t *indices);
static _Atomic(dot_function *) chosen_dot = choose_dot;
static _Atomic(scores_function *) chosen_scores = choose_scores;
static _Atomic(select_function *) chosen_select = choose_select;

static double choose_dot(const float *a, const float *b, size_t n) {
  dot_function *f = sl_exact_dot_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_exact_dot_avx2;
#endif
  atomic_store_explicit(&chosen_dot, f, memory_order_relaxed);
  return f(a, b, n);
}

static void choose_scores(const float *p, size_t pc, const float *r, size_t rc, size_t n, float *s,
                          size_t stride) {
  scores_function *f = sl_scores_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_scores_avx2;
#endif
  atomic_store_explicit(&chosen_scores, f, memory_order_relaxed);
  f(p, pc, r, rc, n, s, stride);
}

static size_t choose_select(const float *s, size_t count, float threshold, uint32_t *indices) {
  select_function *f = sl_select_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_select_avx2;
#endif
  atomic_store_explicit(&chosen_select, f, memory_order_relaxed);
  return f(s, count, threshold, indices);
}

double sl_exact_dot(const float *a, const float *b, size_t n) {
  return atomic_load_explicit(&chosen_dot, memory_order_relaxed)(a, b, n);
}

void sl_scores(const float *p, size_t pc, const float *r, size_t rc, size_t n, float *s,
               size_t stride) {
  atomic_load_explicit(&chosen_scores, memory_order_relaxed)(p, pc, r, rc, n, s, stride);
}

size_t sl_select(const float *s, size_t count, float threshold, uint32_t *indices) {
  return atomic_load_explicit(&chosen_select, memory_order_relaxed)(s, count, threshold, indices);
}
