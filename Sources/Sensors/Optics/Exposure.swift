// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A gain on the light, clipped as a sensor clips.
struct Exposure: Sendable {
  private let gain: Int32

  init(gain: Double) { self.gain = Int32((gain * 256).rounded()) }

  func apply(toLuma plane: inout [UInt8]) { apply(to: &plane, around: 0) }

  func apply(toChroma plane: inout [UInt8]) { apply(to: &plane, around: 128) }

  private func apply(to plane: inout [UInt8], around zero: Int32) {
    guard gain != 256 else { return }
    let gain = gain
    unsafe plane.withUnsafeMutableBufferPointer { plane in
      for index in 0..<plane.count {
        let value = zero &+ (((Int32(unsafe plane[index]) &- zero) &* gain &+ 128) &>> 8)
        unsafe plane[index] = UInt8(truncatingIfNeeded: max(0, min(255, value)))
      }
    }
  }
}
