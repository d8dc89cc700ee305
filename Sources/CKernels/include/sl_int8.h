// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_packed.h"

// Products of quantized probes and quantized templates, fused with selection. A probe x is quantized as
// a template is: scale s = max |x| / 127, bytes round(x / s), ties to even. A score is
// `((float)sum * row_scale) * probe_scale` with the exact integer inner product `sum` of the bytes, so
// every variant gives the same bits, whatever else is in the batch. Sums stay within 32 bits up to a
// dimension of 66,000.

/// Bytes that `probes` packed int8 probes of `dimension` coordinates take.
size_t sl_packed_int8_bytes(size_t probes, size_t dimension);

/// Quantizes finite probes, row by row, and packs them for `sl_best_rows_int8`. `residuals[p]` is set to
/// the length of what quantization took from probe p, |x - s q|. `packed` is aligned to 4 bytes; to 64
/// runs fastest.
void sl_pack_probes_int8(const float *probes, size_t count, size_t dimension, void *packed,
                         double *residuals);

/// Finds, for each packed probe p, the rows whose score is finite and at or above `thresholds[p]`:
/// `hits[p * room + 0 ..< found[p]]`, rows ascending from 0, `room >= row_count`. `scales[j]` belongs to
/// row j; a row whose scale is no finite number is never found. No alignment is needed.
void sl_best_rows_int8(const void *packed, size_t probes, const int8_t *rows, const float *scales,
                       size_t row_count, size_t dimension, const float *thresholds, sl_hit *hits,
                       size_t room, size_t *found);
void sl_best_rows_int8_portable(const void *packed, size_t probes, const int8_t *rows,
                                const float *scales, size_t row_count, size_t dimension,
                                const float *thresholds, sl_hit *hits, size_t room, size_t *found);

/// Which variant the call above uses: "avx512vnni", "avx2" or "portable".
const char *sl_best_rows_int8_variant(void);

#if defined(__x86_64__)
/// Whether this CPU has what each variant needs: AVX-512 F, BW and VNNI, or AVX2.
bool sl_best_rows_int8_vnni_runs(void);
bool sl_best_rows_int8_avx2_runs(void);
// Call only where these say so.
void sl_best_rows_int8_vnni(const void *packed, size_t probes, const int8_t *rows,
                            const float *scales, size_t row_count, size_t dimension,
                            const float *thresholds, sl_hit *hits, size_t room, size_t *found);
void sl_best_rows_int8_avx2(const void *packed, size_t probes, const int8_t *rows,
                            const float *scales, size_t row_count, size_t dimension,
                            const float *thresholds, sl_hit *hits, size_t room, size_t *found);
#endif
