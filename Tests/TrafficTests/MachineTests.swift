// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Matching
import Population
import Sightings
import Testing
import Traffic

/// The stream against the pipeline's own state machine.
@Suite struct MachineTests {
  /// What the pipeline would have been given: every frame of the camera with the faces in it, the newest
  /// first. Embeddings are of as many dimensions as there are people in view, so that tracks are never
  /// mistaken for each other, also below the quality floor.
  private func frames(_ scripts: [VisitScript], camera: Int, _ model: TrafficModel)
    -> [FrameObservation]
  {
    var faces = [[FaceObservation]](repeating: [], count: model.frames(of: camera))
    // Latest first, as the model lists them; visits that begin together in their order.
    let ordered = scripts.enumerated().sorted {
      ($1.element.track.firstSequence, $0.element.track.ordinal)
        < ($0.element.track.firstSequence, $1.element.track.ordinal)
    }
    for (number, script) in ordered {
      var embedding = [Float](repeating: 0, count: 64)
      embedding[number % 64] = 1
      for (index, capture) in script.captures.enumerated() {
        let list = capture.tier.flatMap { script.searches[$0]?.candidates } ?? []
        faces[script.track.firstSequence + index].append(
          FaceObservation(
            box: capture.box, markerPixels: capture.box.width, detectionScore: capture.margin,
            quality: capture.quality,
            tier: capture.tier.map { ModelledCapture.tiers[$0].name } ?? "none",
            isEmbedded: capture.tier != nil, candidates: list, embedding: embedding))
      }
    }
    return faces.enumerated().map { frame, faces in
      FrameObservation(
        camera: model.contexts[camera].camera.id, frame: model.facts(camera: camera, frame: frame),
        faces: faces)
    }
  }

  private static let towns: [TrafficOptions] = [
    Town.options(),
    // Crowded: many before one camera at once.
    Town.options {
      $0.cameras = 4; $0.rate = 25; $0.seed = 2
    },
    // Weak: names come late, change, and are missed; wrong ones are common.
    Town.options {
      $0.lines = [.e, .d]
      $0.conditions = [.kiosk, .aged(years: 20)]
      $0.threshold = .fpir(0.3)
      $0.mated = 0.5
      $0.seed = 3
    },
    // A gallery so small that subjects meet.
    Town.options {
      $0.gallerySize = 300
      $0.people = 6000
      $0.mated = 0.05
      $0.threshold = .fpir(0.5)
      $0.rate = 2
      $0.cameras = 3
      $0.hours = 0.3
      $0.seed = 4
    },
    // Long: those who stand about are closed for their age.
    Town.options {
      $0.hours = 1; $0.rate = 6; $0.cameras = 10; $0.seed = 5
    },
  ]

  @Test("The stream is, byte for byte, what the state machine tells", arguments: towns)
  func sameAsMachine(options: TrafficOptions) async throws {
    let day = try await Town.run(options)
    var expected: [String: [[UInt8]]] = [:]
    for camera in 0..<options.cameras {
      let context = day.model.contexts[camera]
      var machine = SightingMachine(context: context, policy: day.model.policy)
      let scripts = day.scripts.filter { $0.camera == camera }
      var events: [SightingEvent] = []
      for frame in frames(scripts, camera: camera, day.model) { events += machine.observe(frame) }
      events += machine.finish()
      expected[context.camera.id] = try events.map { try $0.json() }
      #expect(machine.counts.suppressed == 0 && machine.counts.joined == 0)
      #expect(machine.counts.tracks == scripts.count)
    }
    for (camera, bodies) in expected {
      let told = day.records.filter { $0.partitionKey == camera }.map(\.body)
      #expect(told.count == bodies.count, "\(camera)")
      for (ours, theirs) in zip(told, bodies) where ours != theirs {
        #expect(String(decoding: ours, as: UTF8.self) == String(decoding: theirs, as: UTF8.self))
        break
      }
    }
    #expect(day.records.count > 100)
  }

  @Test(
    "The towns have updates, ages, wrong names and visits left out, so that the above says something"
  )
  func townsAreVaried() async throws {
    var (updated, aged, wrong, leftOut, together) = (0, 0, 0, 0, 0)
    for options in Self.towns {
      let day = try await Town.run(options)
      updated += day.tally.updated
      wrong += day.tally.wrong
      leftOut += day.tally.leftOut
      aged += try day.events().count { $0.data.closeReason == .maximumAge }
      together += day.scripts.count { $0.track.ordinal > 0 }
    }
    #expect(updated > 100 && aged > 5 && wrong > 50 && leftOut > 0 && together > 3)
  }
}
