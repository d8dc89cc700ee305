// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Sightings
internal import Synchronization

/// One person's pass before one camera.
struct Visit: Sendable {
  /// Decides everything else about it.
  let key: UInt64
  let camera: Int32
  /// The camera's first frame that shows the person, and in how many they are in a row.
  let firstFrame: Int32
  let captures: Int32
  let person: Int32
}

/// Draws walks through the city in the order in which they begin, and hands out their visits in the
/// order in which those begin.
///
/// Walks set out as a Poisson process whose rate follows the rhythm. A walk passes a camera, goes on to
/// a neighbouring one, mostly straight on and never back, and ends after some, or where the city does.
struct JourneyPlanner: Sendable {
  /// No visit begins later than this after its walk, in microseconds.
  static let longest: Int64 = 1_300_000_000
  private static let second: Int64 = 1_000_000
  private static let mostVisits = 6

  let grid: CameraGrid
  let roster: CrowdRoster
  private let options: TrafficOptions
  /// Walks a microsecond where the rhythm's weight is 1.
  private let density: Double
  /// The next second to draw walks for, counted from the beginning of the stream.
  private var slice = -Self.longest / Self.second
  private(set) var walks = 0
  /// Visits drawn already, by the chunk they begin in.
  private var pending: [Int: [Visit]] = [:]
  /// Microseconds of a chunk; whole seconds.
  let chunk: Int64

  /// `walksPerSecond` is the mean over the span.
  init(
    _ options: TrafficOptions, grid: CameraGrid, roster: CrowdRoster, walksPerSecond: Double,
    chunk: Int64
  ) {
    self.options = options
    self.grid = grid
    self.roster = roster
    self.chunk = chunk
    let mean = options.rhythm.mean(from: options.start, span: options.span)
    density = walksPerSecond / mean / 1e6
  }

  /// The visits that begin in chunk number `index`; ask for one after the other.
  mutating func visits(chunk index: Int) -> [Visit] {
    let end = min(Int64(index + 1) * chunk, options.span)
    while slice * Self.second < end { drawSlice() }
    return pending.removeValue(forKey: index) ?? []
  }

  private mutating func drawSlice() {
    defer { slice += 1 }
    let start = slice * Self.second
    var draws = TrafficDraws(seed: options.seed, .arrivals, UInt64(bitPattern: slice))
    let middle = Timestamp(microseconds: options.start.microseconds + start + Self.second / 2)
    let rate = density * options.rhythm.weight(at: middle)
    // Gathered before they are filed: `walk` borrows the planner, and with it all that is pending.
    var found: [(visit: Visit, begins: Int64)] = []
    var time = draws.exponential() / rate
    while time < Double(Self.second) {
      let person = roster.person(walk: walks)
      var journey = TrafficDraws(seed: options.seed, .journey, UInt64(walks))
      walk(person, from: start + Int64(time), &journey) { visit, begins in
        // Before the stream begins the cameras are not looking.
        guard begins >= 0, begins < options.span else { return }
        found.append((visit, begins))
      }
      walks += 1
      time += draws.exponential() / rate
    }
    for (visit, begins) in found { pending[Int(begins / chunk), default: []].append(visit) }
  }

  /// Calls `body` with each visit of one walk, and when its first frame is taken.
  func walk(
    _ person: Int, from start: Int64, _ draws: inout TrafficDraws, _ body: (Visit, Int64) -> Void
  ) {
    var time = start
    var camera = grid.beginning(&draws)
    var heading = Int(draws.below(4))
    let speed = draws.within(1.0, 1.6)
    var hasDwelt = false
    for visit in 1...Self.mostVisits {
      var seconds = draws.within(2.5, 4)
      if !hasDwelt, draws.chance(0.04) {
        // Waits, talks, looks at a window.
        hasDwelt = true
        seconds += min(90 * draws.exponential(), 480)
      }
      let length = Int64(seconds * 1e6)
      let key = draws.next()
      if time >= 0 {
        let first = grid.frame(camera, from: time)
        let begins = grid.time(camera, frame: first)
        let captures = max(1, (time + length - begins) / CameraGrid.period + 1)
        body(
          Visit(
            key: key, camera: Int32(camera), firstFrame: Int32(first), captures: Int32(captures),
            person: Int32(person)), begins)
      }
      if visit == Self.mostVisits || draws.chance(0.2) { return }
      let turn = draws.unit()
      heading += turn < 0.6 ? 0 : turn < 0.8 ? 1 : 3
      guard let next = grid.next(camera, heading) else { return }
      camera = next
      time += length + Int64(CameraGrid.spacing * draws.within(0.8, 1.3) / speed * 1e6)
    }
  }
}

/// A planner that is shared: its state is in one place, and is not copied with who asks.
final class VisitPlanner: Sendable {
  private let planner: Mutex<JourneyPlanner>

  init(_ planner: JourneyPlanner) { self.planner = Mutex(planner) }

  /// The visits that begin in chunk number `index`; ask for one after the other.
  func visits(chunk index: Int) -> [Visit] { planner.withLock { $0.visits(chunk: index) } }
}
