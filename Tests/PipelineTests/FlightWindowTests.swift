// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("Frames in flight")
struct FlightWindowTests {
  @Test(
    "No frame comes in while there are too many, or while they keep too much; alone it always does")
  func bounds() {
    let window = FlightWindow(.init(frames: 10, bytes: 100))
    var inside: [Int] = []
    for step in 0..<5_000 {
      let held = window.held
      #expect(held.frames == inside.count && held.bytes == inside.reduce(0, +))
      if step % 3 != 2 {
        let hasRoom = held.frames == 0 || held.frames < 10 && held.bytes < 100
        #expect(window.tryEnter() == hasRoom)
        guard hasRoom else { continue }
        // Most keep little, some more than all may.
        let kept = (step * 7_919) % 37 + (step % 50 == 0 ? 200 : 0)
        window.keep(kept)
        inside.append(kept)
        // What is kept goes over the bound by one frame's at most, where one enters at a time.
        #expect(window.held.bytes < 100 + 237)
      } else if !inside.isEmpty {
        window.leave(inside.remove(at: step % inside.count))
      }
    }
    #expect(window.mostBytes >= 100)
  }

  @Test("Whoever waits comes in when bytes are given back, in turn")
  func waits() async throws {
    let window = FlightWindow(.init(frames: 10, bytes: 10))
    try await window.enter()
    try await window.enter()
    window.keep(9)
    window.keep(1)
    #expect(!window.tryEnter())
    let first = Task { try await window.enter() }
    while window.waiting < 1 { await Task.yield() }
    let second = Task { try await window.enter() }
    while window.waiting < 2 { await Task.yield() }
    window.leave(1)
    try await first.value
    try await second.value
    #expect(window.held.frames == 3 && window.waiting == 0)
    // Nobody overtakes one who waits.
    window.keep(5)
    let third = Task { try await window.enter() }
    while window.waiting < 1 { await Task.yield() }
    #expect(!window.tryEnter())
    window.leave(9)
    try await third.value
  }

  @Test("One who waits can be cancelled, and takes no place")
  func cancelled() async throws {
    for _ in 0..<100 {
      let window = FlightWindow(.init(frames: 1))
      try await window.enter()
      let waiting = Task { try await window.enter() }
      while window.waiting == 0 { await Task.yield() }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      window.leave(0)
      #expect(window.held.frames == 0 && window.tryEnter())
    }
  }
}
