// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <stdatomic.h>

#include "CKernels.h"

size_t sl_sketch_scan_portable(const uint8_t *tables, const uint8_t *codes, size_t count,
                               uint16_t threshold, uint32_t *hits) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *code = codes + i * SL_SKETCH_BYTES;
    uint32_t score = 0;
    for (int m = 0; m < SL_SKETCH_BYTES; m++) {
      score += tables[32 * m + (code[m] & 15)] + tables[32 * m + 16 + (code[m] >> 4)];
    }
    hits[found] = score << 20 | (uint32_t)i;
    found += score >= threshold;
  }
  return found;
}

void sl_sketch_scan_batch_portable(const uint8_t *tables, size_t probes, const uint8_t *codes,
                                   size_t count, const uint16_t *thresholds, uint32_t *hits,
                                   size_t room, size_t *found) {
  for (size_t p = 0; p < probes; p++) {
    found[p] = sl_sketch_scan_portable(tables + p * SL_SKETCH_TABLE_BYTES, codes, count,
                                       thresholds[p], hits + p * room);
  }
}

void sl_sketch_scan_rest(const uint8_t *tables, size_t probes, const uint8_t *codes, size_t done,
                         size_t count, const uint16_t *thresholds, uint32_t *hits, size_t room,
                         size_t *found) {
  for (size_t p = 0; p < probes && done < count; p++) {
    uint32_t *rest = hits + p * room + found[p];
    size_t more = sl_sketch_scan_portable(tables + p * SL_SKETCH_TABLE_BYTES,
                                          codes + done * SL_SKETCH_BYTES, count - done,
                                          thresholds[p], rest);
    for (size_t i = 0; i < more; i++) rest[i] += (uint32_t)done;
    found[p] += more;
  }
}

// Chosen at the first call; see template.c.
typedef void batch_function(const uint8_t *, size_t, const uint8_t *, size_t, const uint16_t *,
                            uint32_t *, size_t, size_t *);
static void choose_batch(const uint8_t *tables, size_t probes, const uint8_t *codes, size_t count,
                         const uint16_t *thresholds, uint32_t *hits, size_t room, size_t *found);
static _Atomic(batch_function *) chosen_batch = choose_batch;

#if defined(__x86_64__)
bool sl_sketch_scan_vbmi_runs(void) {
  return sl_sketch_scan_avx512_runs() && __builtin_cpu_supports("avx512vbmi");
}

bool sl_sketch_scan_avx512_runs(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw");
}

bool sl_sketch_scan_avx2_runs(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx2");
}
#endif

static batch_function *best(void) {
#if defined(__x86_64__)
  if (sl_sketch_scan_vbmi_runs()) return sl_sketch_scan_batch_vbmi;
  if (sl_sketch_scan_avx512_runs()) return sl_sketch_scan_batch_avx512;
  if (sl_sketch_scan_avx2_runs()) return sl_sketch_scan_batch_avx2;
#endif
  return sl_sketch_scan_batch_portable;
}

static void choose_batch(const uint8_t *tables, size_t probes, const uint8_t *codes, size_t count,
                         const uint16_t *thresholds, uint32_t *hits, size_t room, size_t *found) {
  batch_function *f = best();
  atomic_store_explicit(&chosen_batch, f, memory_order_relaxed);
  f(tables, probes, codes, count, thresholds, hits, room, found);
}

void sl_sketch_scan_batch(const uint8_t *tables, size_t probes, const uint8_t *codes, size_t count,
                          const uint16_t *thresholds, uint32_t *hits, size_t room, size_t *found) {
  atomic_load_explicit(&chosen_batch, memory_order_relaxed)(tables, probes, codes, count,
                                                            thresholds, hits, room, found);
}

size_t sl_sketch_scan(const uint8_t *tables, const uint8_t *codes, size_t count, uint16_t threshold,
                      uint32_t *hits) {
  size_t found;
  sl_sketch_scan_batch(tables, 1, codes, count, &threshold, hits, count, &found);
  return found;
}

const char *sl_sketch_scan_variant(void) {
  batch_function *f = best();
#if defined(__x86_64__)
  if (f == sl_sketch_scan_batch_vbmi) return "avx512 vbmi";
  if (f == sl_sketch_scan_batch_avx512) return "avx512";
  if (f == sl_sketch_scan_batch_avx2) return "avx2";
#endif
  return f == sl_sketch_scan_batch_portable ? "portable" : "unknown";
}
