// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stdbool.h>
#include <stdint.h>

// Templates of the population model. Every value here is made by IEEE-exact operations in a fixed
// order, so all variants give the same bits.

#define SL_DIMENSION 512
#define SL_LATENT 145
#define SL_DIRECTION 144
#define SL_IDENTITY_WORDS 39

/// Tables of generator version 1: half-normal magnitudes and the signs of the map. 261 KiB.
typedef struct sl_generator sl_generator;

/// The normal distribution of the hub coordinate and the limits it is clipped to.
typedef struct {
  double mean, deviation, low, high;
} sl_typicality;

typedef enum { SL_GUMBEL, SL_GAUSSIAN } sl_shape;

/// The distribution of a capture's cosine with its own template: Gumbel-min with this mode and scale or
/// Gaussian with this mean and deviation, and total failures.
typedef struct {
  sl_shape shape;
  double mode, scale, failure;
} sl_genuine;

/// Who is drawn, where a stream alone does not say it.
typedef struct {
  uint64_t start;   // of the identity's own stream
  uint64_t anchor;  // of the stream of the relative it is derived from, if `has_anchor`
  bool has_anchor;
  double alike;   // inner product of the two own parts, -1 to 1, if `has_anchor`
  double common;  // square of the cell's part in the direction
} sl_person;

/// Builds the tables, in some 10 ms. Null only when memory is exhausted. Never freed: one a process.
const sl_generator *sl_generator_create(void);

/// Entry `index` of the half-normal table: the root mean square of |z| within equal-probability bin
/// `index` of 65,536, so that the table's mean square is 1.
float sl_generator_magnitude(const sl_generator *generator, uint16_t index);

/// Writes the 145 latent coordinates of the identity whose stream starts at `start`: typicality, then
/// the 144 coordinates of its direction. A unit vector.
void sl_write_latent(const sl_generator *generator, sl_typicality typicality, uint64_t start,
                     float *latent);
void sl_write_latent_portable(const sl_generator *generator, sl_typicality typicality,
                              uint64_t start, float *latent);

/// Writes the 145 latent coordinates of a person with a relative, a cell, or both: a unit vector.
/// `centre` is the unit direction of the person's cell, 144 coordinates, or null for none.
void sl_write_person_latent(const sl_generator *generator, sl_typicality typicality,
                            sl_person person, const double *centre, float *latent);
void sl_write_person_latent_portable(const sl_generator *generator, sl_typicality typicality,
                                     sl_person person, const double *centre, float *latent);

/// Writes the direction whose stream starts at `start`, 144 coordinates, a unit vector.
void sl_write_direction(const sl_generator *generator, uint64_t start, double *direction);

/// Writes the latent coordinates of one capture of the identity whose own are `enrolled`; `draw` is the
/// start of the capture's own stream. The two arrays may be one. Returns the intended cosine with the
/// template, or NaN for a failed capture.
double sl_write_capture_latent(const sl_generator *generator, const float *enrolled, uint64_t draw,
                               sl_genuine genuine, float *latent);

/// Maps 145 latent coordinates to 512 by the generator's orthonormal matrix.
void sl_map_latent(const sl_generator *generator, const float *latent, float *vector);
void sl_map_latent_portable(const sl_generator *generator, const float *latent, float *vector);

/// Writes the 512-dimensional template of the identity whose stream starts at `start`: the same as
/// `sl_write_latent` and `sl_map_latent`. No alignment is needed.
void sl_write_template(const sl_generator *generator, sl_typicality typicality, uint64_t start,
                       float *vector);
void sl_write_template_portable(const sl_generator *generator, sl_typicality typicality,
                                uint64_t start, float *vector);

#if defined(__x86_64__)
/// Whether this CPU has AVX-512 F and DQ.
bool sl_write_latent_avx512_runs(void);
/// Call only where it has.
void sl_write_latent_avx512(const sl_generator *generator, sl_typicality typicality,
                            uint64_t start, float *latent);
// Call only where `sl_cpu().uses_avx2`.
void sl_map_latent_avx2(const sl_generator *generator, const float *latent, float *vector);
void sl_write_template_avx2(const sl_generator *generator, sl_typicality typicality,
                            uint64_t start, float *vector);
void sl_write_person_latent_avx2(const sl_generator *generator, sl_typicality typicality,
                                 sl_person person, const double *centre, float *latent);
#endif
