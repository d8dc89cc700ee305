// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stddef.h>
#include <stdint.h>

// Principal components of a sample, and projections on them. Sums in a fixed order, no fused products:
// the same bits on every machine. Meant for a few thousand rows of a few hundred coordinates.

/// Projections of a row, a multiple of eight: SL_SKETCH_SIGNS + 1 and three that stay 0.
#define SL_PROJECTIONS 128

/// Mean (n values) and covariance (n x n, both halves) of `count` rows, count >= 1.
void sl_covariance(const float *rows, size_t count, size_t n, double *mean, double *covariance);

/// Replaces each of `count` vectors of n values by its product with a symmetric n x n matrix; `spare` has
/// room for n.
void sl_multiply(const double *matrix, size_t n, double *vectors, size_t count, double *spare);

/// Makes `count` vectors of n values orthonormal, in their order (Gram-Schmidt, twice). A vector that
/// depends on those before it is replaced by an unused direction, and by zeros where none is left.
void sl_orthonormalize(double *vectors, size_t count, size_t n);

/// out[k] = sum over i of (row[i] - mean[i]) * basis[i * SL_PROJECTIONS + k]. `mean` may be null: none is
/// taken off.
void sl_project(const float *row, size_t n, const float *mean, const float *basis, float *out);
