// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Scores of probes against sketches (sl_sketch.h): sums of 32 table entries, one for each nibble.
// A probe's tables are 512 bytes: entry n of nibble m at 16 m + n. The largest entries of all nibbles add
// up to at most 255, so a score is a byte. For m < 31 the entries are sums over the bits of n: entry n is
// that of the lower two bits and that of the upper two, less entry 0.

#define SL_SKETCH_TABLE_BYTES 512
#define SL_SKETCH_LIMIT 255
/// Codes of one call, at most: the index of a hit has 20 bits.
#define SL_SKETCH_SCAN_LIMIT (1u << 20)

/// Finds the codes that score at or above `threshold`. A hit is `score << 20 | index`; hits come in the
/// order of their codes. Returns how many; `hits` must have room for `count`, at most
/// SL_SKETCH_SCAN_LIMIT. No alignment is needed.
size_t sl_sketch_scan(const uint8_t *tables, const uint8_t *codes, size_t count, uint16_t threshold,
                      uint32_t *hits);
size_t sl_sketch_scan_portable(const uint8_t *tables, const uint8_t *codes, size_t count,
                               uint16_t threshold, uint32_t *hits);

/// The same for several probes in one pass over the codes. Tables follow one another; the hits of probe
/// p start at `hits + p * room`, room >= count, and `found[p]` tells how many.
void sl_sketch_scan_batch(const uint8_t *tables, size_t probes, const uint8_t *codes, size_t count,
                          const uint16_t *thresholds, uint32_t *hits, size_t room, size_t *found);
void sl_sketch_scan_batch_portable(const uint8_t *tables, size_t probes, const uint8_t *codes,
                                   size_t count, const uint16_t *thresholds, uint32_t *hits,
                                   size_t room, size_t *found);

/// Adds the hits of codes `done ..< count` by the portable way; for the ends of the other variants.
void sl_sketch_scan_rest(const uint8_t *tables, size_t probes, const uint8_t *codes, size_t done,
                         size_t count, const uint16_t *thresholds, uint32_t *hits, size_t room,
                         size_t *found);

/// Which variant the calls above use: "avx512 vbmi", "avx512", "avx2" or "portable".
const char *sl_sketch_scan_variant(void);

#if defined(__x86_64__)
/// Whether this CPU has what each variant needs: AVX-512 F and BW and BMI2, VBMI as well, or AVX2 and BMI2.
bool sl_sketch_scan_vbmi_runs(void);
bool sl_sketch_scan_avx512_runs(void);
bool sl_sketch_scan_avx2_runs(void);
// Call only where these say so.
void sl_sketch_scan_batch_vbmi(const uint8_t *tables, size_t probes, const uint8_t *codes,
                               size_t count, const uint16_t *thresholds, uint32_t *hits,
                               size_t room, size_t *found);
void sl_sketch_scan_batch_avx512(const uint8_t *tables, size_t probes, const uint8_t *codes,
                                 size_t count, const uint16_t *thresholds, uint32_t *hits,
                                 size_t room, size_t *found);
void sl_sketch_scan_batch_avx2(const uint8_t *tables, size_t probes, const uint8_t *codes,
                               size_t count, const uint16_t *thresholds, uint32_t *hits, size_t room,
                               size_t *found);
#endif
