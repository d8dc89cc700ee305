// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <stdatomic.h>
#include <string.h>

#include "CKernels.h"

uint64_t sl_stream_read_portable(const void *bytes, size_t count) {
  const uint8_t *p = bytes;
  uint64_t lane[8] = {0}, word;
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    for (int l = 0; l < 8; l++) {
      memcpy(&word, p + i + 8 * l, 8);
      lane[l] ^= word;
    }
  }
  for (; i + 8 <= count; i += 8) {
    memcpy(&word, p + i, 8);
    lane[0] ^= word;
  }
  for (; i < count; i++) lane[0] ^= p[i];
  for (int l = 1; l < 8; l++) lane[0] ^= lane[l];
  return lane[0];
}

#if defined(__x86_64__)
#include <immintrin.h>

// Lines are asked for a page ahead: one core of a Zen 5 then read 36 GB/s, without it 31 to 34, by
// 16-byte loads 30. Four places at once are worse, 21.
enum { ahead = 4096 };

__attribute__((target("avx2"))) uint64_t sl_stream_read_avx2(const void *bytes, size_t count) {
  const char *p = bytes;
  __m256i sum[8];
  for (int l = 0; l < 8; l++) sum[l] = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 256 <= count; i += 256) {
    for (int l = 0; l < 8; l++) {
      if (l % 2 == 0) _mm_prefetch(p + i + 32 * l + ahead, _MM_HINT_T0);
      sum[l] = _mm256_xor_si256(sum[l], _mm256_loadu_si256((const __m256i *)(p + i + 32 * l)));
    }
  }
  for (int l = 1; l < 8; l++) sum[0] = _mm256_xor_si256(sum[0], sum[l]);
  uint64_t lane[4];
  _mm256_storeu_si256((__m256i *)lane, sum[0]);
  return lane[0] ^ lane[1] ^ lane[2] ^ lane[3] ^ sl_stream_read_portable(p + i, count - i);
}

__attribute__((target("avx512f"))) uint64_t sl_stream_read_avx512(const void *bytes, size_t count) {
  const char *p = bytes;
  __m512i sum[8];
  for (int l = 0; l < 8; l++) sum[l] = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 512 <= count; i += 512) {
    for (int l = 0; l < 8; l++) {
      _mm_prefetch(p + i + 64 * l + ahead, _MM_HINT_T0);
      sum[l] = _mm512_xor_si512(sum[l], _mm512_loadu_si512(p + i + 64 * l));
    }
  }
  for (int l = 1; l < 8; l++) sum[0] = _mm512_xor_si512(sum[0], sum[l]);
  uint64_t lane[8], all = 0;
  _mm512_storeu_si512(lane, sum[0]);
  for (int l = 0; l < 8; l++) all ^= lane[l];
  return all ^ sl_stream_read_portable(p + i, count - i);
}
#endif

// Chosen at the first call; see template.c.
typedef uint64_t read_function(const void *, size_t);

static uint64_t choose(const void *bytes, size_t count);
static _Atomic(read_function *) chosen = choose;

static uint64_t choose(const void *bytes, size_t count) {
  read_function *f = sl_stream_read_portable;
#if defined(__x86_64__)
  sl_cpu_features cpu = sl_cpu();
  if (cpu.uses_avx2) f = sl_stream_read_avx2;
  if (cpu.avx512f) f = sl_stream_read_avx512;
#endif
  atomic_store_explicit(&chosen, f, memory_order_relaxed);
  return f(bytes, count);
}

uint64_t sl_stream_read(const void *bytes, size_t count) {
  return atomic_load_explicit(&chosen, memory_order_relaxed)(bytes, count);
}
