// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stddef.h>
#include <stdint.h>

// Matrix products fused with selection: probes packed once, rows read where they lie, and of the scores
// only those that may matter are ever written.

/// Probes that lie side by side in a packed panel.
#define SL_PANEL 16
/// Up to so many probes are packed a second time, row by row, behind their panel.
#define SL_FEW 8

/// A row that scored at or above its probe's threshold.
typedef struct {
  float score;
  uint32_t row;
} sl_hit;

/// Floats that `probes` packed probes of `dimension` coordinates take.
size_t sl_packed_floats(size_t probes, size_t dimension);

/// Packs probes, row by row, into panels: coordinate k of probe p at
/// `(p / 16 * dimension + k) * 16 + p % 16`, zeros where no probe is; for up to SL_FEW probes their rows
/// follow. Aligned to 64 bytes runs fastest.
void sl_pack_probes(const float *probes, size_t count, size_t dimension, float *packed);

/// Finds, for each packed probe p, the rows whose inner product is finite and at or above
/// `thresholds[p]`: `hits[p * room + 0 ..< found[p]]`, rows ascending from 0, `room >= row_count`.
/// Products are float32; their order of summation is the variant's own. No alignment is needed.
void sl_best_rows(const float *packed, size_t probes, const float *rows, size_t row_count,
                  size_t dimension, const float *thresholds, sl_hit *hits, size_t room,
                  size_t *found);
void sl_best_rows_portable(const float *packed, size_t probes, const float *rows, size_t row_count,
                           size_t dimension, const float *thresholds, sl_hit *hits, size_t room,
                           size_t *found);

/// Which variant `sl_best_rows` uses: "avx512", "avx2" or "portable".
const char *sl_best_rows_variant(void);

#if defined(__x86_64__)
/// Call only where the CPU has AVX-512 F.
void sl_best_rows_avx512(const float *packed, size_t probes, const float *rows, size_t row_count,
                         size_t dimension, const float *thresholds, sl_hit *hits, size_t room,
                         size_t *found);
/// Call only where `sl_cpu().uses_avx2`.
void sl_best_rows_avx2(const float *packed, size_t probes, const float *rows, size_t row_count,
                       size_t dimension, const float *thresholds, sl_hit *hits, size_t room,
                       size_t *found);
#endif
