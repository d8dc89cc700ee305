// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sl_template.h"

// Sketches: codes of 16 bytes, 32 nibbles. Nibble m is the lower half of byte m / 2 for even m and the
// upper for odd. Bit k of nibble m < 31: coordinate 4 m + k of the direction is negative. Nibble 31:
// the cell of the typicality.

#define SL_SKETCH_BYTES 16
#define SL_SKETCH_SIGNS 124
#define SL_SKETCH_CELLS 16

/// How to code identities from the words of their streams alone.
typedef struct {
  /// The stream of identity i starts at the mixed value of `key ^ i`.
  uint64_t key;
  /// Spare bits from which on an identity is in cell k + 1, ascending; 2^48 where none is.
  uint64_t spare[SL_SKETCH_CELLS - 1];
} sl_sketch_source;

/// The spare bits from which on the typicality, as a float, is at or above each of 15 bounds.
void sl_sketch_spare_bounds(sl_typicality typicality, const float *bounds, uint64_t *spare);

/// Writes the codes of the identities `first ..< first + count`, 16 bytes each: no normal deviate is
/// drawn, and the codes are those of their latent vectors.
void sl_sketch_codes(const sl_sketch_source *source, uint64_t first, size_t count, uint8_t *codes);
void sl_sketch_codes_portable(const sl_sketch_source *source, uint64_t first, size_t count,
                              uint8_t *codes);

/// Writes the code of 145 latent coordinates. NaN counts as positive, and as the lowest cell.
void sl_sketch_of_latent(const float *latent, const float *bounds, uint8_t *code);

/// Writes the code of a person with a relative, a cell, or both: that of `sl_write_person_latent` and
/// `sl_sketch_of_latent`. `spare` as in a source.
void sl_sketch_of_person(const sl_generator *generator, sl_typicality typicality, sl_person person,
                         const double *centre, const uint64_t *spare, const float *bounds,
                         uint8_t *code);
void sl_sketch_of_person_portable(const sl_generator *generator, sl_typicality typicality,
                                  sl_person person, const double *centre, const uint64_t *spare,
                                  const float *bounds, uint8_t *code);

/// The transpose of `sl_map_latent`: 145 latent coordinates of 512, in double. Exact up to the rounding
/// of the template itself, some 1e-8.
void sl_unmap_vector(const sl_generator *generator, const float *vector, double *latent);

#if defined(__x86_64__)
/// Call only where `sl_cpu().uses_avx2`, with limits of the typicality that are within -1 and 1 as floats.
void sl_sketch_of_person_avx2(const sl_generator *generator, sl_typicality typicality,
                              sl_person person, const double *centre, const uint64_t *spare,
                              const float *bounds, uint8_t *code);

/// Call only where the CPU has AVX-512 F and DQ.
void sl_sketch_codes_avx512(const sl_sketch_source *source, uint64_t first, size_t count,
                            uint8_t *codes);
#endif
