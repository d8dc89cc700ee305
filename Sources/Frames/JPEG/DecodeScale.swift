// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How much of the resolution a decode keeps: the JPEG is reconstructed from fewer DCT coefficients.
package enum DecodeScale: String, CaseIterable, Codable, Hashable, Sendable {
  case full = "1/1"
  case half = "1/2"
  case quarter = "1/4"
  case eighth = "1/8"

  /// Full-resolution pixels along one side of a decoded pixel.
  package var divisor: Int {
    switch self {
    case .full: 1
    case .half: 2
    case .quarter: 4
    case .eighth: 8
    }
  }

  /// The decoded length of `length` full-resolution pixels, rounded up as libjpeg does.
  package func scaled(_ length: Int) -> Int { (length + divisor - 1) / divisor }
}

/// The pixels a decode gives.
package enum PixelFormat: String, CaseIterable, Hashable, Sendable {
  /// One byte a pixel: the luma plane, with no colour conversion.
  case gray
  /// Three bytes a pixel, red first.
  case rgb

  package var bytesPerPixel: Int { self == .gray ? 1 : 3 }
}
