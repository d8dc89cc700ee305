// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Frames
import Sensors
import Testing

@Suite("Simulated people")
struct ScheduleTests {
  let studio: Studio

  init() throws { studio = try Studio() }

  @Test("cross each other in time and place when asked to", arguments: [5, 7, 23])
  func crossing(seed: UInt64) async throws {
    var options = SimulationOptions.tiny
    options.cameras = 1
    options.seconds = 5
    options.seed = seed
    options.crossing = true
    let set = try await studio.shoot("set", options)
    let (far, near) = (set.truth.appearances[0], set.truth.appearances[1])
    #expect(far.frames.map(\.seq) == near.frames.map(\.seq))
    let apart = zip(far.frames, near.frames).map { $0.box[0] - $1.box[0] }
    let first = try #require(apart.first)
    let last = try #require(apart.last)
    let width = try #require(near.frames.first).markerPixels * 2.3
    #expect(first < -width && last > width, "they swap sides")
    #expect(far.frames.contains { !$0.shown }, "the nearer hides the farther half-way")
    #expect(near.frames.allSatisfy { $0.shown })
    #expect(zip(far.frames, near.frames).allSatisfy { $0.markerPixels < $1.markerPixels })
  }

  @Test("keep to the crowd, the markers and the identities allowed")
  func limits() async throws {
    var options = SimulationOptions.tiny
    options.seconds = 26
    options.crowd = 3
    options.mated = 0.5
    options.enrolled = 1000
    options.size = FrameSize(width: 160, height: 120)
    let set = try await studio.shoot("set", options)
    var mated = 0
    for camera in set.manifest.cameras {
      let people = set.truth.appearances.filter { $0.camera == camera.id }
      #expect(people.count > 8)
      #expect(Set(people.map(\.marker)).count == people.count)
      #expect(Set(people.map(\.identity)).count == people.count)
      for identity in people.map(\.identity) {
        #expect(identity < 1000 || identity >= 1 << 40)
        if identity < 1000 { mated += 1 }
      }
      for seq in 0..<options.framesPerCamera {
        #expect(set.people(camera: camera.id, seq: seq).count <= 3)
      }
    }
    #expect((4...(set.truth.appearances.count - 4)).contains(mated))
  }

  @Test("come back when visits may repeat")
  func revisits() async throws {
    var options = SimulationOptions.tiny
    options.seconds = 24
    options.size = FrameSize(width: 160, height: 120)
    options.revisits = true
    let set = try await studio.shoot("set", options)
    for camera in set.manifest.cameras {
      let people = set.truth.appearances.filter { $0.camera == camera.id }
      #expect(Set(people.map(\.identity)).count < people.count)
      #expect(Set(people.map(\.marker)).count == people.count)
    }
  }

  @Test(
    "walk slowly enough to be tracked, at sizes of their distance",
    arguments: [WalkingDistance.near, .mixed, .far])
  func speed(distance: WalkingDistance) async throws {
    var options = SimulationOptions.tiny
    options.seconds = 24
    options.size = FrameSize(width: 320, height: 180)
    options.distance = [distance]
    let set = try await studio.shoot("set", options)
    let range = distance.markerPixels
    for person in set.truth.appearances {
      for (a, b) in zip(person.frames, person.frames.dropFirst()) where b.seq == a.seq + 1 {
        let dx = a.box[0] + a.box[2] / 2 - b.box[0] - b.box[2] / 2
        let dy = a.box[1] + a.box[3] / 2 - b.box[1] - b.box[3] / 2
        // One board is 2.3 sides.
        #expect((dx * dx + dy * dy).squareRoot() < 1.15 * min(a.markerPixels, b.markerPixels))
      }
      for each in person.frames {
        #expect(each.markerPixels * 4 > range.lowerBound * 0.9)
        #expect(each.markerPixels * 4 < range.upperBound * 1.05)
      }
    }
  }

  @Test(
    "all walk where the marker has the side asked for, and the same people do",
    arguments: [14, 30, 64])
  func side(pixels: Double) async throws {
    var options = SimulationOptions.tiny
    options.seconds = 12
    options.size = FrameSize(width: 320, height: 180)
    let mixed = try await studio.shoot("mixed", options)
    options.distance = [try #require(WalkingDistance(pixels: pixels))]
    let set = try await studio.shoot("set", options)
    for person in set.truth.appearances {
      for each in person.frames {
        #expect((0.86...1.1).contains(each.markerPixels * 4 / pixels))
      }
    }
    #expect(set.truth.appearances.map(\.identity) == mixed.truth.appearances.map(\.identity))
    #expect(set.truth.appearances.map(\.marker) == mixed.truth.appearances.map(\.marker))
  }

  @Test("A distance reads back as it is written, and what is none is refused")
  func distances() {
    for text in ["near", "mixed", "far", "12px", "68px", "20.5px", "20-28px", "30-30px"] {
      #expect(WalkingDistance(rawValue: text)?.rawValue == text)
    }
    #expect(WalkingDistance(rawValue: "20-28px")?.markerPixels == 20...28)
    #expect(WalkingDistance(pixels: 24)?.rawValue == "24px")
    for text in [
      "", "px", "24", "nan", "nanpx", "11px", "69px", "28-20px", "1-2-3px", "-20px", "20-px",
      "infpx",
    ] {
      #expect(WalkingDistance(rawValue: text) == nil, "\(text)")
    }
  }
}
