// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Frames
import Markers
import Sensors
import Testing

@Suite("Simulated pictures")
struct PictureTests {
  let studio: Studio

  init() throws { studio = try Studio() }

  @Test("show every marker of 24 pixels or more where and as large as the truth says")
  func markersAreWhereTheTruthSays() async throws {
    var options = SimulationOptions()
    options.cameras = 4
    options.seconds = 4
    options.seed = 11
    options.crossing = true
    let set = try await studio.shoot("set", options)
    let locator = MarkerLocator()
    var expected = 0
    for frame in set.manifest.frames {
      let found = try set.markers(frame, locator)
      let people = set.people(camera: frame.camera, seq: frame.seq)
      #expect(Set(found.map(\.id)).isSubset(of: people.map(\.marker)), "\(frame.file)")
      for (marker, truth) in people where truth.shown && truth.markerPixels >= 24 {
        expected += 1
        let match = try #require(found.first { $0.id == marker }, "\(frame.file) \(truth)")
        #expect(abs(match.side - truth.markerPixels) < max(1.5, 0.06 * truth.markerPixels))
        let middle = SIMD2(match.xs.sum(), match.ys.sum()) / 4
        #expect(abs(middle.x - truth.box[0] - truth.box[2] / 2) < 1.5)
        #expect(abs(middle.y - truth.box[1] - truth.box[3] / 2) < 1.5)
        let inside = frame.boxes.contains { box in
          match.xs.min() > Double(box[0]) && match.xs.max() < Double(box[0] + box[2])
            && match.ys.min() > Double(box[1]) && match.ys.max() < Double(box[1] + box[3])
        }
        #expect(inside, "no predicted box holds marker \(marker) of \(frame.file)")
      }
    }
    #expect(expected > 60)
  }

  @Test("show nobody's marker where nobody is, and every set has such frames")
  func empty() async throws {
    var options = SimulationOptions()
    options.size = FrameSize(width: 640, height: 360)
    options.seed = 3
    let set = try await studio.shoot("set", options)
    let locator = MarkerLocator()
    for camera in set.manifest.cameras {
      let empty = set.manifest.frames.filter {
        $0.camera == camera.id && set.people(camera: camera.id, seq: $0.seq).isEmpty
      }
      #expect(empty.count >= 2)
      for frame in empty { #expect(try set.markers(frame, locator) == []) }
    }
  }

  @Test("are darker by the exposure and noisier by the noise")
  func exposureAndNoise() async throws {
    var options = SimulationOptions.tiny
    options.cameras = 1
    options.noise = [0]
    options.quality = [100]
    let clean = try await studio.shoot("clean", options)
    options.noise = [6]
    let noisy = try await studio.shoot("noisy", options)
    options.noise = [0]
    options.exposure = [0.3]
    let dark = try await studio.shoot("dark", options)
    options.exposure = [1]
    options.blur = [2]
    let soft = try await studio.shoot("soft", options)

    let reference = try clean.gray(clean.manifest.frames[0]).pixels
    func mean(_ pixels: [UInt8]) -> Double {
      Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count)
    }
    func edges(_ pixels: [UInt8]) -> Int {
      zip(pixels, pixels.dropFirst()).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    }
    let grainy = try noisy.gray(noisy.manifest.frames[0]).pixels
    let squares = zip(reference, grainy).reduce(0.0) { sum, pair in
      let difference = Double(pair.1) - Double(pair.0)
      // Signal dependent: 0.6 of it in black, 1 at mid-gray.
      let deviation = 6 * (0.6 + 0.4 * Double(pair.0) / 128)
      return sum + difference * difference / (deviation * deviation)
    }
    #expect(abs(squares / Double(reference.count) - 1) < 0.08)
    let shaded = try dark.gray(dark.manifest.frames[0]).pixels
    #expect(abs(mean(shaded) / mean(reference) - 0.3) < 0.01)
    let blurred = try soft.gray(soft.manifest.frames[0]).pixels
    #expect(abs(mean(blurred) - mean(reference)) < 1)
    #expect(edges(blurred) * 2 < edges(reference))
  }
}
