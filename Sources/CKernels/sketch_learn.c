// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

void sl_covariance(const float *rows, size_t count, size_t n, double *mean, double *covariance) {
  for (size_t i = 0; i < n; i++) mean[i] = 0;
  for (size_t r = 0; r < count; r++) {
    for (size_t i = 0; i < n; i++) mean[i] += rows[r * n + i];
  }
  for (size_t i = 0; i < n; i++) mean[i] /= (double)count;
  memset(covariance, 0, n * n * sizeof *covariance);
  for (size_t r = 0; r < count; r++) {
    const float *row = rows + r * n;
    for (size_t i = 0; i < n; i++) {
      double x = row[i] - mean[i];
      double *out = covariance + i * n;
      for (size_t j = i; j < n; j++) out[j] += x * (row[j] - mean[j]);
    }
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t j = i; j < n; j++) {
      covariance[i * n + j] /= (double)count;
      covariance[j * n + i] = covariance[i * n + j];
    }
  }
}

void sl_multiply(const double *matrix, size_t n, double *vectors, size_t count, double *spare) {
  for (size_t k = 0; k < count; k++) {
    double *v = vectors + k * n;
    memset(spare, 0, n * sizeof *spare);
    for (size_t i = 0; i < n; i++) {
      double x = v[i];
      const double *row = matrix + i * n;
      for (size_t j = 0; j < n; j++) spare[j] += x * row[j];
    }
    memcpy(v, spare, n * sizeof *spare);
  }
}

static double dot(const double *x, const double *y, size_t n) {
  double lane[8] = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int l = 0; l < 8; l++) lane[l] += x[i + l] * y[i + l];
  }
  for (int l = 0; i < n; i++, l++) lane[l] += x[i] * y[i];
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

// Takes off the directions before `v`; whether something is left of it, made a unit vector.
static int reduce(double *vectors, size_t before, double *v, size_t n) {
  double size = sqrt(dot(v, v, n));
  if (!(size > 0)) return 0;
  for (int round = 0; round < 2; round++) {
    for (size_t k = 0; k < before; k++) {
      double share = dot(v, vectors + k * n, n);
      for (size_t i = 0; i < n; i++) v[i] -= share * vectors[k * n + i];
    }
  }
  double left = sqrt(dot(v, v, n));
  if (!(left > 1e-9 * size)) return 0;
  for (size_t i = 0; i < n; i++) v[i] /= left;
  return 1;
}

void sl_orthonormalize(double *vectors, size_t count, size_t n) {
  size_t axis = 0;
  for (size_t k = 0; k < count; k++) {
    double *v = vectors + k * n;
    int found = reduce(vectors, k, v, n);
    for (; !found && axis < n && k < n; axis++) {
      memset(v, 0, n * sizeof *v);
      v[axis] = 1;
      found = reduce(vectors, k, v, n);
    }
    if (!found) memset(v, 0, n * sizeof *v);
  }
}

void sl_project(const float *row, size_t n, const float *mean, const float *basis, float *out) {
  float sum[SL_PROJECTIONS] = {0};
  for (size_t i = 0; i < n; i++) {
    float x = mean ? row[i] - mean[i] : row[i];
    for (int k = 0; k < SL_PROJECTIONS; k++) sum[k] += x * basis[i * SL_PROJECTIONS + k];
  }
  memcpy(out, sum, sizeof sum);
}
