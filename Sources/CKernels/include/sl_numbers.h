// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

// Logarithm and normal quantile from +, -, *, / and sqrt alone, in a fixed order and without fused
// multiply-add: the same bits on every IEEE 754 machine, which libm does not promise.

/// Natural logarithm of a positive normal number; within 2 units in the last place.
double sl_log(double x);

/// Standard normal quantile of `p`, 0 < p < 1. Algorithm AS 241, PPND16 (Wichura, Applied Statistics
/// 37, 1988): relative error about 1e-16. For p near 1 use the symmetry with `1 - p`, held exactly.
double sl_normal_quantile(double p);

/// The quantile z >= 0 of which the upper tail is `tail`, 0 < tail <= 1/2.
double sl_upper_normal_quantile(double tail);
