// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The cameras of a city: one at each crossing of a square grid of streets, filled row by row.
///
/// All take five frames a second from the beginning of the stream on, each at a phase of its own.
struct CameraGrid: Sendable {
  /// Microseconds between two frames of a camera.
  static let period: Int64 = 200_000
  /// Metres between two crossings.
  static let spacing = 100.0

  /// One of the four ways from a crossing.
  typealias Heading = Int

  let count: Int
  let width: Int
  private let phases: [Int64]
  private let digits: Int

  init(count: Int, seed: UInt64) {
    self.count = count
    width = max(1, Int(Double(count).squareRoot().rounded(.up)))
    phases = (0..<count).map {
      var draws = TrafficDraws(seed: seed, .camera, UInt64($0))
      return Int64(draws.below(UInt64(Self.period)))
    }
    digits = max(2, String(count).count)
  }

  /// Where most walks begin: the middle, twice as often as half-way to the edge.
  func beginning(_ draws: inout TrafficDraws) -> Int {
    let x = Int(Double(width) * (draws.unit() + draws.unit()) / 2)
    let rows = (count + width - 1) / width
    let y = Int(Double(rows) * (draws.unit() + draws.unit()) / 2)
    // The last row may be short.
    return (y * width + x) % count
  }

  /// The next camera that way; `nil` where the grid ends.
  func next(_ camera: Int, _ heading: Heading) -> Int? {
    let (y, x) = camera.quotientAndRemainder(dividingBy: width)
    let next =
      switch heading & 3 {
      case 0: x + 1 < width ? camera + 1 : -1
      case 1: camera + width
      case 2: x > 0 ? camera - 1 : -1
      default: y > 0 ? camera - width : -1
      }
    return (0..<count).contains(next) ? next : nil
  }

  /// When the camera takes the frame, in microseconds after the beginning of the stream.
  func time(_ camera: Int, frame: Int) -> Int64 { phases[camera] + Int64(frame) * Self.period }

  /// The camera's first frame at `time` or after.
  func frame(_ camera: Int, from time: Int64) -> Int {
    max(0, Int((time - phases[camera] + Self.period - 1) / Self.period))
  }

  /// `cam-01` and so on, all of one length.
  func id(_ camera: Int) -> String {
    let number = String(camera + 1)
    return "cam-" + String(repeating: "0", count: digits - number.utf8.count) + number
  }

  /// Where it hangs, for people.
  func name(_ camera: Int) -> String {
    "Crossing of street \(camera % width + 1) and avenue \(camera / width + 1)"
  }
}
