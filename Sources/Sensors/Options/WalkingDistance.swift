// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How far from the camera people walk.
package enum WalkingDistance: String, CaseIterable, Codable, Hashable, Sendable {
  case near, mixed, far

  /// Side of the marker's black square in pixels of a picture 720 pixels high, farthest to nearest.
  package var markerPixels: ClosedRange<Double> {
    switch self {
    case .near: 34...60
    case .mixed: 14...60
    case .far: 14...30
    }
  }
}
