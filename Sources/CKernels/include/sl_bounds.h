// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_template.h"

// Cosines of a probe with many identities, each within a bound that holds: the first look of a rerank.
// An identity's 144 magnitudes are read from byte tables by the upper bits of their indices, so that no
// entry of the 256 KiB table is fetched and no normal deviate drawn. For people without relatives and
// cells only.

/// Places on which the distribution of the typicality is cut, by the upper 12 of its 48 bits.
#define SL_TYPICALITY_BINS 4096

/// Byte tables of a population, 33 KiB. Magnitudes are in steps of `step`.
typedef struct {
  /// Middle of the magnitudes of the indices with these upper 7 bits; where all are ones, the second
  /// row by the next 7 bits.
  uint8_t magnitude[2][128];
  /// Square of how far off that can be, in steps of `square_step` squared steps, rounded up.
  uint8_t square[2][128];
  float step, square_step;
  /// Middle of the typicality within a bin, and how far (typicality, length of the rest) is from it.
  struct {
    float middle, reach;
  } typicality[SL_TYPICALITY_BINS];
} sl_bounds;

/// A probe in bytes.
typedef struct {
  /// Coordinates of its direction's part in steps of `step`, in the order of the stream's words taken by
  /// twos: coordinates 8 r + 0, 4, 1, 5, 2, 6, 3, 7 for each r.
  int8_t coordinate[SL_DIRECTION];
  float step;
  float typicality;
  /// Length of the whole probe, of its direction's part, and of what the steps leave out of that.
  float length, rest, left_out;
} sl_bounds_probe;

/// Fills the tables. Some 0.5 ms.
void sl_bounds_fill(const sl_generator *generator, sl_typicality typicality, sl_bounds *bounds);

/// Prepares 145 latent coordinates, all finite.
void sl_bounds_probe_fill(const float *latent, sl_bounds_probe *probe);

/// For each identity, whose stream starts at the mixed value of `key ^ identity`: its cosine with the
/// probe is within `reach[i]` of `middle[i]`, the rounding of float32 products of 145 or 512 terms
/// included. Reach is some 0.03 for a unit probe.
void sl_score_bounds(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                     const uint64_t *identities, size_t count, float *middle, float *reach);
void sl_score_bounds_portable(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                              const uint64_t *identities, size_t count, float *middle,
                              float *reach);

#if defined(__x86_64__)
/// Whether this CPU has AVX-512 F, BW, DQ, VBMI and VNNI.
bool sl_score_bounds_avx512_runs(void);
/// Call only where it has.
void sl_score_bounds_avx512(const sl_bounds *bounds, uint64_t key, const sl_bounds_probe *probe,
                            const uint64_t *identities, size_t count, float *middle, float *reach);
#endif
