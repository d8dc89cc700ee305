// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

// Shared by the variants of the bounds kernel; not part of the module's interface.

#pragma once

// Added to every reach: float32 rounding here (some ten operations on numbers below 2), of templates, and
// of float32 products of up to 512 terms, 3.1e-5.
#define SL_BOUNDS_SLACK 4e-5f
