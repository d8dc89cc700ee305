// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Testing

@Suite("Forward window")
struct ForwardWindowTests {
  static func event(_ number: Int, key: Int) -> StoredEvent {
    StoredEvent(
      sequence: Int64(number + 1), record: Workshop.record(number, camera: "cam-\(key)", bytes: 4))
  }

  @Test(
    "Whatever fails, is refused, lost or found, each key keeps its order and everything arrives",
    arguments: 0..<30)
  func histories(seed: Int) throws {
    var random = SeededGenerator(seed)
    var limits = ForwardWindow.Limits()
    limits.capacity = Int.random(in: 1...200, using: &random)
    limits.inFlight = Int.random(in: 1...64, using: &random)
    var window = ForwardWindow(limits: limits, after: 0)
    let total = 1000
    let keys = Int.random(in: 1...20, using: &random)
    let events = (0..<total).map { Self.event($0, key: Int.random(in: 0..<keys, using: &random)) }
    let unwanted = Set((0..<total).filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
    var added = 0
    var flying: [ForwardItem] = []
    var stored: [Int64] = []
    var there: Set<Int64> = []
    var checked = 0
    var refused: [ForwardItem] = []
    var parked: Set<Int64> = []
    while window.arrived < Int64(total) {
      while added < total, window.room > 0, Bool.random(using: &random) {
        window.add(events[added], wanted: !unwanted.contains(added))
        added += 1
      }
      flying += window.take(Int.random(in: 0...40, using: &random))
      #expect(window.inFlight == flying.count && flying.count <= limits.inFlight)
      #expect(window.count <= limits.capacity)
      #expect(Set(flying.map(\.event.record.partitionKey)).count == flying.count)
      flying.shuffle(using: &random)
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        guard let item = flying.popLast() else { break }
        if Int.random(in: 0..<5, using: &random) == 0 {
          let counts = window.failed(item.ticket)
          #expect(counts)
        } else if Int.random(in: 0..<20, using: &random) == 0 {
          let counts = window.refused(item.ticket)
          #expect(counts)
          refused.append(item)
        } else {
          let counts = window.stored(item.ticket)
          #expect(counts)
          stored.append(item.event.sequence)
          there.insert(item.event.sequence)
          let again = window.stored(item.ticket)
          #expect(!again, "an outcome counts once")
        }
      }
      if Int.random(in: 0..<15, using: &random) == 0 {
        // The session is lost; the other bus had stored some of what was under way.
        let kept = flying.filter { _ in Bool.random(using: &random) }
        flying = []
        window.restart()
        let heads = window.chains(\.partitionKey).map { $0.items[0] }
        #expect(Set(heads.map(\.event.record.partitionKey)).count == heads.count)
        for item in kept {
          let count = window.found([item.event.record.id], at: item.ticket)
          #expect(count == 1)
          stored.append(item.event.sequence)
          there.insert(item.event.sequence)
        }
        for chain in window.chains(\.partitionKey) {
          let count = window.found(["no such id"], at: chain.head)
          #expect(count == 0)
        }
      }
      // What is refused keeps its camera's others back until it is parked, through lost sessions too.
      if Int.random(in: 0..<4, using: &random) == 0 {
        for item in refused {
          window.parked(item.ticket)
          there.insert(item.event.sequence)
          parked.insert(item.event.sequence)
        }
        refused = []
      }
      // Nothing that is not there yet lies before the place that is told.
      for number in checked..<Int(window.arrived) {
        #expect(unwanted.contains(number) || there.contains(Int64(number + 1)))
      }
      checked = Int(window.arrived)
    }
    #expect(Set(stored).count == stored.count)
    #expect(stored.count == total - unwanted.count - parked.count)
    #expect(!parked.isEmpty && parked.isDisjoint(with: stored))
    for key in 0..<keys {
      let mine = stored.filter { events[Int($0) - 1].record.partitionKey == "cam-\(key)" }
      #expect(mine == mine.sorted())
    }
  }

  @Test("A camera that the other bus is ahead with is taken up behind what it has")
  func ahead() {
    var window = ForwardWindow(after: 0)
    for number in 0..<10 { window.add(Self.event(number, key: number % 2)) }
    let heads = window.chains(\.partitionKey).map { $0.items[0] }
    #expect(heads.map(\.event.sequence) == [1, 2])
    // Sequences 1, 3, 5 are of the first camera.
    let count = window.found(["id-2", "id-4"], at: heads[0].ticket)
    #expect(count == 3)
    #expect(window.arrived == 1)
    #expect(Set(window.take(10).map(\.event.sequence)) == [2, 7])
  }
}

/// Repeatable draws.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  mutating func next() -> UInt64 {
    state = state &+ 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}
