// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <math.h>
#include <stdlib.h>

#include "template_internal.h"

#pragma STDC FP_CONTRACT OFF

// Mean of z^2 over u in [low, low + width], u = P(|Z| < z), by 3-point Gauss-Legendre.
static double mean_square(double low, double width) {
  static const double node[3] = {0x1.cda042f0236e0p-4, 0.5, 0x1.c64bf7a1fb924p-1};
  static const double weight[3] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
  double sum = 0;
  for (int i = 0; i < 3; i++) {
    double z = sl_upper_normal_quantile(0.5 * (1 - (low + width * node[i])));
    sum += weight[i] * (z * z);
  }
  return sum;
}

// z^2 grows like -2 ln(1 - u) towards u = 1, so the last bin is halved towards its end.
static double mean_square_of_last(double width) {
  double sum = 0, share = 1;
  for (int i = 0; i < 30; i++) {
    share *= 0.5;
    sum += share * mean_square(1 - 2 * share * width, share * width);
  }
  return sum + share * mean_square(1 - share * width, share * width);
}

const sl_generator *sl_generator_create(void) {
  sl_generator *g = aligned_alloc(64, (sizeof *g + 63) & ~(size_t)63);
  if (!g) return NULL;
  const double width = 0x1p-16;
  for (int k = 0; k < 65535; k++) g->magnitude[k] = (float)sqrt(mean_square(k * width, width));
  g->magnitude[65535] = (float)sqrt(mean_square_of_last(width));
  // A constant of the generator's version: the digits of pi after the point, in hexadecimal.
  uint64_t state = UINT64_C(0x243f6a8885a308d3);
  for (int i = 0; i < 256 + SL_DIMENSION; i++) {
    uint32_t mask = (uint32_t)(sl_splitmix64(&state) >> 63) << 31;
    if (i < 256) g->sign_in[i] = mask;
    else g->sign_out[i - 256] = mask;
  }
  return g;
}

float sl_generator_magnitude(const sl_generator *g, uint16_t index) { return g->magnitude[index]; }

double sl_typicality_of(sl_typicality t, uint64_t spare) {
  double a = t.mean + t.deviation * sl_normal_quantile(((double)spare + 0.5) * 0x1p-48);
  return a < t.low ? t.low : a > t.high ? t.high : a;
}
