// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Sightings
import Testing

@Suite struct TrackerTests {
  private func time(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: Int64(seconds * 1e6))
  }

  private func box(_ x: Double, _ y: Double = 100, _ side: Double = 30) -> Box {
    Box(x: x, y: y, width: side, height: side)
  }

  /// The tracks of boxes given frame by frame, five frames a second.
  private func tracks(_ frames: [[Box]]) -> [[TrackID]] {
    var tracker = Tracker()
    return frames.enumerated().map { index, boxes in
      _ = tracker.expire(at: time(Double(index) / 5))
      return tracker.observe(boxes, sequence: index, at: time(Double(index) / 5))
    }
  }

  @Test(arguments: [0.0, 5, 15, 30])
  func `a face that moves up to its width a frame is one track`(step: Double) {
    let ids = tracks((0..<20).map { [box(Double($0) * step)] }).flatMap { $0 }
    #expect(Set(ids).count == 1)
    #expect(ids.first == TrackID(firstSequence: 0, ordinal: 0))
  }

  @Test func `faces far apart are two tracks, whatever their order in the frame`() {
    let ids = tracks(
      (0..<10).map { frame in
        let pair = [box(Double(frame) * 10), box(600 - Double(frame) * 10)]
        return frame % 2 == 0 ? pair : pair.reversed()
      })
    #expect(Set(ids.flatMap { $0 }).count == 2)
    for (frame, pair) in ids.enumerated() {
      #expect(pair == (frame % 2 == 0 ? ids[0] : ids[0].reversed()))
    }
  }

  @Test(arguments: [(30.0, 45.0), (30.0, 38.0), (40.0, 40.0)])
  func `two people who cross do not swap`(left: Double, right: Double) {
    let ids = tracks(
      (0..<21).map { frame in
        [
          box(100 + Double(frame) * 20, 100, left),
          box(500 - Double(frame) * 20, 104, right),
        ]
      })
    for pair in ids { #expect(pair == ids[0]) }
  }

  @Test func `two people who cross do not swap while one hides the other`() {
    let ids = tracks(
      (0..<21).map { frame in
        let near = box(100 + Double(frame) * 20, 100, 50)
        let far = box(500 - Double(frame) * 20, 104, 34)
        return abs(near.centerX - far.centerX) < 60 ? [near] : [near, far]
      })
    for pair in ids { #expect(pair == Array(ids[0].prefix(pair.count))) }
  }

  @Test func `a gap up to two seconds is coasted through, a longer one is not`() {
    func ids(gap: Int) -> Set<TrackID> {
      Set(
        tracks(
          (0..<40).map { frame in
            (10..<(10 + gap)).contains(frame) ? [] : [box(Double(frame) * 12)]
          }
        ).flatMap { $0 })
    }
    #expect(ids(gap: 5).count == 1)
    #expect(ids(gap: 9).count == 1)
    #expect(ids(gap: 10).count == 2)
  }

  @Test func `a face of another size at the same place is another track`() {
    let ids = tracks([[box(100)], [box(100)], [box(90, 90, 60)]])
    #expect(ids[2] == [TrackID(firstSequence: 2, ordinal: 0)])
  }

  @Test func `lost and finished tracks are told once`() {
    var tracker = Tracker()
    let first = tracker.observe([box(0), box(300)], sequence: 0, at: time(0))
    _ = tracker.observe([box(300)], sequence: 1, at: time(1.5))
    #expect(tracker.expire(at: time(2)) == [])
    #expect(tracker.expire(at: time(2.1)) == [first[0]])
    #expect(tracker.expire(at: time(2.1)) == [])
    #expect(tracker.finish() == [first[1]])
    #expect(tracker.finish() == [] && tracker.count == 0)
  }

  @Test func `somebody else where another was just lost begins a track, the same person goes on`() {
    func unit(_ axis: Int, _ share: Float) -> [Float] {
      var vector = [Float](repeating: 0, count: 8)
      vector[0] = share.squareRoot()
      vector[axis] = (1 - share).squareRoot()
      return vector
    }
    let here = Box(x: 100, y: 100, width: 40, height: 40)
    func tracks(_ second: [Float]) -> Int {
      var tracker = Tracker()
      _ = tracker.observe(
        [here], embeddings: [unit(1, 0.3)], sequence: 0, at: Timestamp(microseconds: 0))
      _ = tracker.observe(
        [here], embeddings: [second], sequence: 1, at: Timestamp(microseconds: 200_000))
      return tracker.count
    }
    #expect(tracks(unit(2, 0.3)) == 1, "cosine .3: the same person at another quality")
    #expect(tracks(unit(2, 0.05)) == 2, "cosine .12: somebody else")
    #expect(tracks([]) == 1, "without an embedding overlap decides")
  }
}
