// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension Double {
  /// Rounded to `places` decimals, so that JSON shows no digits that mean nothing.
  package func rounded(places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return (self * scale).rounded() / scale
  }

  /// Rounded to `digits` significant digits: for rates, which may be far below any number of decimals.
  package func rounded(significant digits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    var places = digits - 1
    var probe = magnitude
    while probe < 1, places < 300 {
      probe *= 10
      places += 1
    }
    while probe >= 10, places > 0 {
      probe /= 10
      places -= 1
    }
    return rounded(places: places)
  }
}
