// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Sightings
import Testing

/// What each setting of the policy does to days of people coming and going, drawn by seed.
@Suite("Settings of the policy")
struct PolicyTests {
  /// People who walk through, stop, are hidden and come again.
  private static func day(_ seed: UInt64) -> [FrameObservation] {
    var draw = Draw(state: seed)
    let walkers = (0..<12).map { number in
      let enters = Double.random(in: 0...50, using: &draw)
      let stays = Double.random(in: 0.5...9, using: &draw)
      let hidden = enters + Double.random(in: 0...stays, using: &draw)
      return Scene.Walker(
        subject: number % 4 == 3 ? nil : UInt64.random(in: 1...4, using: &draw), enters: enters,
        leaves: enters + stays, x: Double.random(in: 0...900, using: &draw),
        y: Double(number) * 300, speed: Double.random(in: -60...60, using: &draw),
        score: Float.random(in: 0.46...0.7, using: &draw),
        hidden: [hidden...(hidden + Double.random(in: 0...4, using: &draw))])
    }
    return Scene(walkers: walkers).frames(to: 62)
  }

  private struct Draw: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }
  }

  /// One person who comes and goes at one place, by seed.
  private static func comings(_ seed: UInt64) -> [FrameObservation] {
    var draw = Draw(state: seed)
    var time = 0.0
    let walkers = (0..<8).map { _ in
      time += Double.random(in: 0.5...8, using: &draw)
      let enters = time
      time += Double.random(in: 0.5...3, using: &draw)
      return Scene.Walker(subject: 5, enters: enters, leaves: time, x: 400, speed: 0)
    }
    return Scene(walkers: walkers).frames(to: time + 15)
  }

  private func played(
    _ frames: [FrameObservation], _ policy: SightingPolicy
  ) -> (counts: SightingCounts, events: [SightingEvent]) {
    var machine = SightingMachine(context: .test(), policy: policy)
    let events = machine.run(frames)
    return (machine.counts, events)
  }

  private static let seconds: [Int64] = [0, 1, 2, 4, 8, 16, 60]

  @Test("The longer the cool-down, the fewer sightings of one person", arguments: 1...20)
  func coolDown(seed: UInt64) {
    let frames = Self.comings(seed)
    let opened = Self.seconds.map { seconds in
      var policy = SightingPolicy.test
      policy.coolDown = .seconds(seconds)
      return played(frames, policy).counts.opened
    }
    #expect(opened == opened.sorted(by: >), "\(opened)")
    // Never away for a minute: one sighting; and more than one without a cool-down.
    #expect(opened.last == 1 && opened[0] > 1)
  }

  @Test("The longer a track may go unseen, the fewer tracks of one person", arguments: 1...20)
  func trackGap(seed: UInt64) {
    let frames = Self.comings(seed)
    let tracks = Self.seconds.dropFirst().map { seconds in
      var policy = SightingPolicy.test
      policy.tracking.trackGap = .seconds(seconds)
      return played(frames, policy).counts.tracks
    }
    #expect(tracks == tracks.sorted(by: >), "\(tracks)")
    #expect(tracks.last == 1 && tracks[0] > 1)
  }

  @Test("Updates are as far apart as is asked for, and no setting of theirs changes what is opened")
  func updateEvery() {
    var updated = Set<Int>()
    for seed: UInt64 in 1...20 {
      let frames = Self.day(seed)
      var opened: [[SightingEvent]] = []
      for seconds in Self.seconds {
        var policy = SightingPolicy.test
        policy.updateEvery = .seconds(seconds)
        let (counts, events) = played(frames, policy)
        for (_, sighting) in Dictionary(grouping: events, by: \.data.sightingID) {
          let told = sighting.filter { $0.data.phase != .closed }.map(\.time)
          for (earlier, later) in zip(told, told.dropFirst()) {
            #expect(later.since(earlier) >= policy.updateEvery)
          }
        }
        if seconds == 0 || seconds == 60 { updated.insert(counts.updated) }
        opened.append(events.filter { $0.data.phase == .opened })
      }
      let names = opened.map { $0.map(\.data.sightingID) }
      #expect(Set(names).count == 1)
    }
    // Not always none.
    #expect(updated.count > 1)
  }

  @Test("A decision rests on as many searches as are asked for, and events name the rule")
  func captures() {
    for seed: UInt64 in 1...20 {
      let frames = Self.day(seed)
      for (captures, least) in [(1, 1), (3, 2), (3, 3), (10, 1), (10, 8)] {
        let policy = SightingPolicy(
          decision: DecisionPolicy(
            threshold: Scene.threshold, captures: captures, minimumCaptures: least))
        for event in played(frames, policy).events {
          #expect(event.data.count >= least)
          #expect(event.data.rule == "mean_best_\(captures)_by_quality_min_\(least)")
        }
      }
    }
  }

  @Test("The more searches a decision needs, the fewer and the later the first are opened")
  func leastCaptures() throws {
    for seed: UInt64 in 1...20 {
      let frames = Self.comings(seed)
      let first = (1...5).map { least in
        var policy = SightingPolicy(
          decision: DecisionPolicy(
            threshold: Scene.threshold, captures: 5, minimumCaptures: least))
        // Or a pass that is too short to be decided on lets the next one be told.
        policy.coolDown = .zero
        let (counts, events) = played(frames, policy)
        return (opened: counts.opened, time: events.first?.time)
      }
      #expect(first.map(\.opened) == first.map(\.opened).sorted(by: >))
      let times = first.compactMap(\.time)
      #expect(times == times.sorted() && times.count > 1)
    }
  }
}
