// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What lens, sensor and encoder of one camera do to the light.
struct CameraOptics: Hashable, Sendable {
  /// Standard deviation of the blur, pixels.
  let blur: Double
  /// Gain on the light.
  let exposure: Double
  /// Standard deviation of the noise at mid-gray, gray levels.
  let noise: Double
  let quality: Int

  init(_ options: SimulationOptions, camera index: Int) {
    blur = options.blur[index % options.blur.count]
    exposure = options.exposure[index % options.exposure.count]
    noise = options.noise[index % options.noise.count]
    quality = options.quality[index % options.quality.count]
  }
}
