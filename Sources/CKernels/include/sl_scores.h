// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stddef.h>
#include <stdint.h>

// Scores of probes against templates. Rows are contiguous floats; no alignment is needed.

/// Inner product of two rows in double precision, in a fixed order: 16 running sums, folded pairwise.
/// Products of floats are exact in double, so every variant and machine gives the same bits.
double sl_exact_dot(const float *a, const float *b, size_t dimension);
double sl_exact_dot_portable(const float *a, const float *b, size_t dimension);

/// scores[i * stride + j] = inner product of probe i and row j, in float32; the order of summation is
/// the variant's own. For who wants every score; to search, see sl_packed.h.
void sl_scores(const float *probes, size_t probe_count, const float *rows, size_t row_count,
               size_t dimension, float *scores, size_t stride);
void sl_scores_portable(const float *probes, size_t probe_count, const float *rows,
                        size_t row_count, size_t dimension, float *scores, size_t stride);

/// Writes the indices, ascending, of the finite scores at or above `threshold`; returns how many.
/// `indices` must have room for `count + 8`. NaN is never at or above anything.
size_t sl_select(const float *scores, size_t count, float threshold, uint32_t *indices);
size_t sl_select_portable(const float *scores, size_t count, float threshold, uint32_t *indices);

#if defined(__x86_64__)
// Call only where `sl_cpu().uses_avx2`.
double sl_exact_dot_avx2(const float *a, const float *b, size_t dimension);
void sl_scores_avx2(const float *probes, size_t probe_count, const float *rows, size_t row_count,
                    size_t dimension, float *scores, size_t stride);
size_t sl_select_avx2(const float *scores, size_t count, float threshold, uint32_t *indices);
#endif
