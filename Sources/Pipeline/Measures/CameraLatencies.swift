// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How long frames of each camera took from due to done, roughly: 16 steps an octave from 16 us to an hour,
/// 1.6 kB a camera.
///
/// For a picture of many cameras while they run; what is reported comes from full histograms.
package struct CameraLatencies: Sendable {
  /// No more cameras than these are told apart.
  package static let mostCameras = 1_000

  private static let unitBits: UInt64 = 14
  private static let slots = 400

  private var counts: [UInt32]

  package init(cameras: Int) {
    counts = [UInt32](
      repeating: 0, count: cameras <= Self.mostCameras ? cameras * Self.slots : 0)
  }

  /// O(1); nothing where there are too many cameras.
  package mutating func record(_ nanoseconds: UInt64, camera: Int) {
    let place = camera * Self.slots + Self.slot(of: nanoseconds)
    if place < counts.count { counts[place] &+= 1 }
  }

  /// Milliseconds that `share` of the camera's frames took at most, rounded up by at most a sixteenth;
  /// `nil` before its first frame.
  package func milliseconds(_ share: Double, camera: Int) -> Double? {
    let first = camera * Self.slots
    guard first + Self.slots <= counts.count else { return nil }
    let total = counts[first..<first + Self.slots].reduce(0) { $0 + Int($1) }
    guard total > 0 else { return nil }
    let wanted = max(1, Int((share * Double(total)).rounded(.up)))
    var seen = 0
    for slot in 0..<Self.slots {
      seen += Int(counts[first + slot])
      if seen >= wanted { return Double(Self.end(of: slot)) / 1e6 }
    }
    return nil
  }

  private static func slot(of nanoseconds: UInt64) -> Int {
    let value = nanoseconds >> unitBits
    guard value >= 16 else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount
    return min((exponent - 3) * 16 + Int((value >> UInt64(exponent - 4)) & 15), slots - 1)
  }

  /// Where a slot ends, in nanoseconds.
  private static func end(of slot: Int) -> UInt64 {
    guard slot >= 16 else { return UInt64(slot + 1) << unitBits }
    return UInt64(slot % 16 + 17) << (UInt64(slot / 16 - 1) + unitBits)
  }
}
