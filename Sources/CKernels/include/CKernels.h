// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

// Umbrella of the C kernels. Each kernel exists as portable C and, where it pays, for AVX2; a call goes
// to the variant chosen once per process. No kernel starts a thread or walks a gallery.

#pragma once

#include "sl_bounds.h"
#include "sl_cpu.h"
#include "sl_draws.h"
#include "sl_int8.h"
#include "sl_latent_bytes.h"
#include "sl_numbers.h"
#include "sl_packed.h"
#include "sl_scores.h"
#include "sl_sketch.h"
#include "sl_sketch_learn.h"
#include "sl_sketch_scan.h"
#include "sl_stream.h"
#include "sl_template.h"
