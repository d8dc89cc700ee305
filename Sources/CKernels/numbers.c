// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include "CKernels.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

double sl_log(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 0x1.6a09e667f3bcdp0) {  // sqrt(2): keep m within [sqrt(1/2), sqrt(2)]
    m *= 0.5;
    exponent += 1;
  }
  // ln m = 2 artanh s with |s| <= 0.1716: the series below leaves out less than 1e-19.
  double s = (m - 1) / (m + 1);
  double t = s * s;
  double sum = 1.0 / 23;
  for (int k = 21; k >= 3; k -= 2) sum = sum * t + 1.0 / k;
  double tail = 2 * s * (t * sum);
  // ln 2 in two parts, so that exponent * high is exact.
  double high = exponent * 0x1.62e42fee00000p-1;
  double low = exponent * 0x1.a39ef35793c76p-33;
  return high + (2 * s + (tail + low));
}

// Wichura's coefficients, highest power first.
static const double central_top[8] = {
    2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
    4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
    1.3314166789178437745e+2, 3.3871328727963666080e+0};
static const double central_bottom[8] = {
    5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
    2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
    4.2313330701600911252e+1, 1.0};
static const double middle_top[8] = {
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
    1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
    4.63033784615654529590e+0, 1.42343711074968357734e+0};
static const double middle_bottom[8] = {
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
    2.05319162663775882187e+0, 1.0};
static const double far_top[8] = {
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
    2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
    5.46378491116411436990e+0, 6.65790464350110377720e+0};
static const double far_bottom[8] = {
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
    7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
    5.99832206555887937690e-1, 1.0};

static double ratio(const double *top, const double *bottom, double r) {
  double a = top[0], b = bottom[0];
  for (int k = 1; k < 8; k++) {
    a = a * r + top[k];
    b = b * r + bottom[k];
  }
  return a / b;
}

// `centre` is p - 1/2 and `tail` the smaller of p and 1 - p; both are given so that neither is rounded.
static double quantile(double centre, double tail) {
  if (tail >= 0.075) {
    return centre * ratio(central_top, central_bottom, 0.180625 - centre * centre);
  }
  double r = sqrt(-sl_log(tail));
  double z = r <= 5 ? ratio(middle_top, middle_bottom, r - 1.6)
                    : ratio(far_top, far_bottom, r - 5);
  return centre < 0 ? -z : z;
}

double sl_normal_quantile(double p) { return quantile(p - 0.5, p < 0.5 ? p : 1 - p); }

double sl_upper_normal_quantile(double tail) { return quantile(0.5 - tail, tail); }
