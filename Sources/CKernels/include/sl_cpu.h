// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stdbool.h>

/// What this CPU offers and what the kernels make of it.
typedef struct {
  bool avx2;
  bool fma;
  bool avx512f;
  bool popcnt;
  /// Whether the kernels below run their AVX2 variants (needs AVX2 and FMA); otherwise portable C.
  bool uses_avx2;
} sl_cpu_features;

/// Asks the CPU. Cheap, but meant for once-only choices and reports.
sl_cpu_features sl_cpu(void);
