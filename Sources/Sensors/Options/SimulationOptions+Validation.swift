// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Markers
internal import Population

extension SimulationOptions {
  /// Checks every option.
  ///
  /// - Throws: `SimulationError` for the first that cannot be honoured.
  package func validate() throws(SimulationError) {
    try check(cameras, in: 1...64, "--cameras")
    try check(seconds, in: 0.001...86_400, "--seconds")
    try check(framesPerSecond, in: 0.1...120, "--fps")
    guard framesPerCamera >= 1 else {
      throw SimulationError(
        "--seconds",
        "\(seconds) s at \(framesPerSecond) frames/s is no frame; lengthen it or raise --fps")
    }
    guard (160...7680).contains(size.width), (120...4320).contains(size.height) else {
      throw SimulationError("--size", "\(size) is outside 160x120 to 7680x4320")
    }
    guard size.width % 2 == 0, size.height % 2 == 0 else {
      throw SimulationError("--size", "\(size) is odd; JPEG 4:2:0 wants even width and height")
    }
    let frames = Double(cameras) * seconds * framesPerSecond
    guard frames <= 5_000_000 else {
      throw SimulationError(
        "--seconds",
        "this makes \(Int(min(frames, 1e18))) frames, more than the 5000000 a set may have")
    }
    if let people { try check(people, in: 1...MarkerFamily.count, "--people") }
    try check(crowd, in: 1...16, "--crowd")
    try check(mated, in: 0...1, "--mated")
    try check(enrolled, in: 1...(Population.firstStranger - 1), "--enrolled")
    if let people, !revisits, mated > 0, UInt64(people) > enrolled {
      throw SimulationError(
        "--people", "\(people) passes need as many identities; raise --enrolled or add --revisits")
    }
    if crossing {
      guard crowd >= 2, people ?? 2 >= 2 else {
        throw SimulationError(
          "--crossing", "needs two people; set --crowd and --people to 2 or more")
      }
      guard framesPerCamera >= 6 else {
        throw SimulationError("--crossing", "needs at least 6 frames a camera; raise --seconds")
      }
    }
    try check(each: blur, in: 0...8, "--blur")
    try check(each: exposure, in: 0.02...4, "--exposure")
    try check(each: noise, in: 0...12, "--noise")
    try check(each: quality, in: 1...100, "--quality")
    if distance.isEmpty {
      throw SimulationError("--distance", "is empty; give near, mixed, far or a side such as 24px")
    }
    try checkFaults()
  }

  private func checkFaults() throws(SimulationError) {
    var sum = 0
    let faults = [("--dropped", dropped), ("--truncated", truncated), ("--garbage", garbage)]
    for (option, fault) in faults {
      switch fault {
      case .frames(let count): try check(count, in: 0...totalFrames, option)
      case .percent(let share): try check(share, in: 0...100, option)
      }
      sum += fault.count(of: totalFrames)
    }
    guard sum <= totalFrames else {
      throw SimulationError(
        "--dropped",
        "with --truncated and --garbage asks for \(sum) of \(totalFrames) frames; lower one")
    }
  }

  private func check<Value: Comparable>(
    _ value: Value, in range: ClosedRange<Value>, _ option: String
  ) throws(SimulationError) {
    guard range.contains(value) else {
      throw SimulationError(
        option, "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
    }
  }

  private func check<Value: Comparable>(
    each values: [Value], in range: ClosedRange<Value>, _ option: String
  ) throws(SimulationError) {
    if values.isEmpty { throw SimulationError(option, "is empty; give one value or one a camera") }
    for value in values { try check(value, in: range, option) }
  }
}
