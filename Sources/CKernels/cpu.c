// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

sl_cpu_features sl_cpu(void) {
  sl_cpu_features f = {0};
#if defined(__x86_64__)
  __builtin_cpu_init();
  f.avx2 = __builtin_cpu_supports("avx2") != 0;
  f.fma = __builtin_cpu_supports("fma") != 0;
  f.avx512f = __builtin_cpu_supports("avx512f") != 0;
  f.popcnt = __builtin_cpu_supports("popcnt") != 0;
  f.uses_avx2 = f.avx2 && f.fma;
#endif
  return f;
}
