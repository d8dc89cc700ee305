// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

// Shared by the variants of the template kernels; not part of the module's interface.

#pragma once

#include "include/CKernels.h"

struct sl_generator {
  float magnitude[65536];
  // Sign bits of the two diagonal matrices of the map, as masks to xor.
  uint32_t sign_in[256];
  uint32_t sign_out[SL_DIMENSION];
};

// The kernels keep latent vectors as direction, then typicality, then zeros: aligned for SIMD.
#define SL_PADDED 152

/// What the words of an identity's stream say, before any floating-point work.
typedef struct {
  _Alignas(32) float magnitude[SL_DIRECTION];
  uint64_t sign[3];  // bit j % 64 of word j / 64: coordinate j is negative
  uint64_t spare;    // the 48 bits of word 2 above its 16 signs
} sl_drawn;

/// Draws the words: 3 for signs and the spare bits, 36 for magnitudes (four 16-bit indices a word).
static inline void sl_draw(const sl_generator *g, uint64_t start, sl_drawn *out) {
  uint64_t state = start;
  for (int i = 0; i < 3; i++) out->sign[i] = sl_splitmix64(&state);
  out->spare = out->sign[2] >> 16;
  for (int i = 0; i < 36; i++) {
    uint64_t w = sl_splitmix64(&state);
    out->magnitude[4 * i] = g->magnitude[w & 0xffff];
    out->magnitude[4 * i + 1] = g->magnitude[w >> 16 & 0xffff];
    out->magnitude[4 * i + 2] = g->magnitude[w >> 32 & 0xffff];
    out->magnitude[4 * i + 3] = g->magnitude[w >> 48];
  }
}

/// The typicality that the 48 spare bits stand for.
double sl_typicality_of(sl_typicality t, uint64_t spare);
