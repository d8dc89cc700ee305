// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Markers

/// Lays out the passes of one camera in time and space.
///
/// Time is cut into segments of about 12 s; each begins and ends with captures of nobody, so every
/// set has some. Inside a segment passes start at random, never more than `crowd` at once.
struct PassPlanner {
  private let options: SimulationOptions
  private let camera: Int
  private let room: Room
  private let frames: Int
  private let rate: Double
  private var occupancy: [Int]
  private var windows = [Range<Int>]()

  init(_ options: SimulationOptions, camera: Int, room: Room) {
    self.options = options
    self.camera = camera
    self.room = room
    frames = options.framesPerCamera
    rate = options.framesPerSecond
    occupancy = [Int](repeating: 0, count: frames)
    var draws = Draws(seed: options.seed, .schedule, camera)
    let segments = max(1, Int((options.seconds / 12).rounded()))
    for segment in 0..<segments {
      let low = frames * segment / segments
      let high = frames * (segment + 1) / segments
      let shortest = max(1, Int((0.3 * rate).rounded()))
      let lead = shortest + draws.below(shortest + 1)
      let trail = shortest + draws.below(shortest + 1)
      if high - low > 2 * (lead + trail) {
        windows.append((low + lead)..<(high - trail))
      } else if high - low > 2 {
        windows.append((low + 1)..<(high - 1))
      } else {
        windows.append(low..<high)
      }
    }
  }

  /// - Throws: `SimulationError` when a number of people that was asked for does not fit.
  mutating func passes() throws(SimulationError) -> [Pass] {
    let wanted = options.people ?? fitting
    var spans = [(frames: Range<Int>, walk: Walk)]()
    if options.crossing, camera == 0 { spans = crossing() }
    while spans.count < wanted {
      var draws = Draws(seed: options.seed, .schedule, camera, 1 + spans.count)
      let window = spans.count * windows.count / wanted
      guard let span = place(near: window, &draws) else {
        if options.people == nil { break }
        throw SimulationError(
          "--people",
          "only \(spans.count) of \(wanted) fit before a camera; lower it, or raise --crowd or --seconds"
        )
      }
      spans.append((span, clearest(span, spans)))
    }
    var cast = Casting(options, camera: camera)
    var out = [Pass]()
    for (number, span) in spans.enumerated() {
      let (marker, identity) = cast.next()
      var draws = Draws(seed: options.seed, .look, camera, number)
      out.append(
        Pass(
          marker: marker, identity: identity, frames: span.frames, walk: span.walk,
          look: FigureLook(&draws)))
    }
    return out
  }

  /// Of a few walks the one on which the others hide each other least: a crowd of two that walks in
  /// step would show half as many markers. Ties go to the first, so some still overlap.
  private func clearest(_ frames: Range<Int>, _ others: [(frames: Range<Int>, walk: Walk)]) -> Walk
  {
    let planner = WalkPlanner(options, camera: camera, room: room)
    let rivals = others.filter { $0.frames.overlaps(frames) }
    var best = planner.walk(pass: others.count, attempt: 0, frames: frames.count)
    var least = Int.max
    for attempt in 0..<6 where least > 0 {
      let walk = planner.walk(pass: others.count, attempt: attempt, frames: frames.count)
      let count = rivals.reduce(0) { $0 + clashes(walk, frames, $1.walk, $1.frames) }
      if count < least { (best, least) = (walk, count) }
    }
    return best
  }

  /// Captures in which the two figures are less than a board and a half apart, seen from the camera.
  private func clashes(_ a: Walk, _ aFrames: Range<Int>, _ b: Walk, _ bFrames: Range<Int>) -> Int {
    aFrames.clamped(to: bFrames).count { frame in
      let here = a.pose(frame - aFrames.lowerBound).place
      let there = b.pose(frame - bFrames.lowerBound).place
      let apart = room.view.column(here.x, here.z) - room.view.column(there.x, there.z)
      return abs(apart) < 0.6 * room.view.scale(min(here.z, there.z))
    }
  }

  /// Passes that fill half to two thirds of what the crowd would allow, while there are markers.
  private var fitting: Int {
    let seconds = Double(windows.reduce(0) { $0 + $1.count }) / rate
    let count = max(options.crossing ? 2 : 1, Int(seconds * Double(options.crowd) / 4))
    return min(count, MarkerFamily.count)
  }

  private mutating func place(near first: Int, _ draws: inout Draws) -> Range<Int>? {
    var length = max(1, Int((draws.within(2.5...4) * rate).rounded()))
    while true {
      for attempt in 0..<24 {
        let window = windows[(first + attempt / 8) % windows.count]
        let span = min(length, window.count)
        let start = window.lowerBound + draws.below(window.count - span + 1)
        if take(start..<(start + span)) { return start..<(start + span) }
      }
      for window in windows where window.count >= length {
        for start in window.lowerBound...(window.upperBound - length)
        where take(start..<(start + length)) {
          return start..<(start + length)
        }
      }
      let shorter = length * 4 / 5
      if Double(shorter) < 1.5 * rate || shorter < 2 { return nil }
      length = shorter
    }
  }

  private mutating func take(_ span: Range<Int>) -> Bool {
    guard span.allSatisfy({ occupancy[$0] < options.crowd }) else { return false }
    for frame in span { occupancy[frame] += 1 }
    return true
  }

  /// Two people who start together on opposite sides and pass one behind the other half-way.
  private mutating func crossing() -> [(frames: Range<Int>, walk: Walk)] {
    let window = windows[0]
    let length = min(window.count, max(4, Int((3.4 * rate).rounded())))
    let start = window.lowerBound + (window.count - length) / 2
    for frame in start..<(start + length) { occupancy[frame] += 2 }
    let walks = WalkPlanner(options, camera: camera, room: room).crossing(frames: length)
    return walks.map { (start..<(start + length), $0) }
  }
}
