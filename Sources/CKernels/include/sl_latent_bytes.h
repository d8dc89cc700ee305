// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Latent vectors in bytes, for `sl_best_rows_int8`: a first look that costs a quarter of float32.

/// Coordinates of a spread latent vector: the direction's 144, then the typicality in 16 equal parts of
/// a quarter each. Inner products and lengths are those of the 145; the typicality, which is large in
/// some, no longer sets the scale of the rest, and rows are whole registers.
#define SL_SPREAD 160

/// Writes the 160 coordinates of a latent vector of 145.
void sl_spread_latent(const float *latent, float *spread);

/// Quantizes `count` latent vectors of 145 coordinates, row by row: row j becomes the 160 bytes
/// `bytes + 160 j` times `scales[j]`, the largest magnitude / 127. Returns a bound of the longest
/// difference |spread - bytes x scale| of the rows, within 1e-4 of it and never below it. Coordinates
/// are finite and below 1 in magnitude.
float sl_quantize_latents(const float *latents, size_t count, int8_t *bytes, float *scales);
float sl_quantize_latents_portable(const float *latents, size_t count, int8_t *bytes,
                                   float *scales);

#if defined(__x86_64__)
/// Whether this CPU has AVX-512 F.
bool sl_quantize_latents_avx512_runs(void);
/// Call only where it has. The same bytes and scales.
float sl_quantize_latents_avx512(const float *latents, size_t count, int8_t *bytes, float *scales);
#endif
