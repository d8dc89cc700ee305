// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// Packed probes: for whole panels of SL_PANEL probes, scales, corrections, then the bytes twice: row by
// row, each row padded with zeros to whole cache lines, and in panels of 4 coordinates of 16 probes.
typedef struct {
  const float *scales;
  /// -128 x the sum of the probe's bytes: what a sum starts from where rows are offset by 128.
  const int32_t *corrections;
  /// Byte k of probe p at p * stride + k.
  const int8_t *rows;
  size_t stride;
  /// Byte k of probe p at (p / 16 * quads + k / 4) * 64 + p % 16 * 4 + k % 4.
  const int8_t *panels;
  size_t quads;
} sl_int8_probes;

sl_int8_probes sl_int8_layout(const void *packed, size_t probes, size_t dimension);
