// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Matching
import Sightings
import Testing

@Suite struct SightingMachineTests {
  /// What must hold of all events of one camera, whatever was before it.
  private func checkLaws(_ events: [SightingEvent], from sequence: Int64 = 1) {
    var revisions: [String: Int] = [:]
    var closed: Set<String> = []
    for (index, event) in events.enumerated() {
      let data = event.data
      #expect(event.sequence == sequence + Int64(index))
      #expect(!closed.contains(data.sightingID), "nothing follows a close")
      #expect(data.revision == (revisions[data.sightingID] ?? 0) + 1)
      #expect((data.revision == 1) == (data.phase == .opened))
      #expect((data.closeReason != nil) == (data.phase == .closed))
      #expect(data.firstSeen <= data.lastSeen && data.lastSeen <= event.time)
      #expect(data.count <= data.framesConsidered)
      revisions[data.sightingID] = data.revision
      if data.phase == .closed { closed.insert(data.sightingID) }
    }
    #expect(closed == Set(revisions.keys), "every opened is closed")
    #expect(Set(events.map(\.id)).count == events.count)
  }

  private func opened(_ events: [SightingEvent]) -> [String?] {
    events.filter { $0.data.phase == .opened }.map { $0.data.candidates.first?.subjectID }
  }

  @Test func `one pass is one sighting`() {
    var machine = SightingMachine.test()
    let events = machine.run(
      Scene(walkers: [.init(subject: 5, enters: 1, leaves: 7, x: 100, speed: 100)]).frames(to: 12))
    checkLaws(events)
    #expect(opened(events) == ["syn-0000000005"])
    #expect(events.last?.data.closeReason == .trackLost)
    #expect(events.first?.data.firstSeen.since(events[0].data.frame.capturedAt) ?? .zero <= .zero)
    #expect(machine.counts.tracks == 1 && machine.counts.alert == 1)
    #expect(machine.counts.opened == 1 && machine.counts.closed == 1)
  }

  @Test func `a hidden second does not break a sighting in two`() {
    let scene = Scene(walkers: [
      .init(subject: 5, enters: 0, leaves: 8, x: 100, speed: 90, hidden: [3...4])
    ])
    var machine = SightingMachine.test()
    let events = machine.run(scene.frames(to: 12))
    checkLaws(events)
    #expect(opened(events).count == 1 && machine.counts.tracks == 1)
  }

  @Test func `a track that breaks while the sighting is open joins it`() {
    // Hidden for a second, and somewhere quite different afterwards.
    let scene = Scene(walkers: [
      .init(subject: 5, enters: 0, leaves: 3, x: 100, speed: 90),
      .init(subject: 5, enters: 4, leaves: 7, x: 900, speed: 90),
    ])
    var machine = SightingMachine.test()
    let events = machine.run(scene.frames(to: 12))
    checkLaws(events)
    #expect(opened(events).count == 1)
    #expect(machine.counts.tracks == 2 && machine.counts.joined == 1)
    #expect(events.last?.data.lastSeen == Timestamp(microseconds: Scene.start + 7_000_000))
  }

  @Test func `within the cool-down a new pass is suppressed, after it it is not`() {
    for (pause, sightings) in [(9.0, 1), (10.5, 2)] {
      let scene = Scene(walkers: [
        .init(subject: 5, enters: 0, leaves: 3, x: 100, speed: 90),
        .init(subject: 5, enters: 3 + pause, leaves: 6 + pause, x: 100, speed: 90),
      ])
      var machine = SightingMachine.test()
      let events = machine.run(scene.frames(to: 20))
      checkLaws(events)
      #expect(opened(events).count == sightings)
      #expect(machine.counts.suppressed == 2 - sightings)
    }
  }

  @Test func `a silenced face that stays is still the same pass`() {
    // Back after 5 s for 10 s, broken, back again: never away for the cool-down.
    let scene = Scene(walkers: [
      .init(subject: 5, enters: 0, leaves: 3, x: 100, speed: 0),
      .init(subject: 5, enters: 8, leaves: 18, x: 600, speed: 0),
      .init(subject: 5, enters: 22, leaves: 25, x: 100, speed: 0),
    ])
    var machine = SightingMachine.test()
    #expect(opened(machine.run(scene.frames(to: 30))).count == 1)
    #expect(machine.counts.suppressed == 2)
  }

  @Test func `cool-down is remembered over a restart`() {
    let scene = Scene(walkers: [.init(subject: 5, enters: 6, leaves: 9, x: 100, speed: 90)])
    let seen = Timestamp(microseconds: Scene.start)
    func run(_ remembered: [RecentSubject]) -> Int {
      var machine = SightingMachine.test(lastSequence: 41, remembered: remembered)
      let events = machine.run(scene.frames(to: 12))
      checkLaws(events, from: 42)
      return opened(events).count
    }
    #expect(run([]) == 1)
    #expect(run([.init(camera: Scene.camera, subject: 5, lastSeen: seen)]) == 0)
    #expect(run([.init(camera: "cam-02", subject: 5, lastSeen: seen)]) == 1)
    #expect(run([.init(camera: Scene.camera, subject: 6, lastSeen: seen)]) == 1)
  }

  @Test(arguments: [28.0, 40.0])
  func `two people who cross are two sightings, each of one person`(side: Double) {
    let scene = Scene(walkers: [
      .init(subject: 5, enters: 0, leaves: 6, x: 100, speed: 90, side: 40, score: 0.7),
      .init(subject: 6, enters: 0, leaves: 6, x: 640, y: 305, speed: -90, side: side),
    ])
    var machine = SightingMachine.test()
    let events = machine.run(scene.frames(to: 10))
    checkLaws(events)
    #expect(opened(events) == ["syn-0000000005", "syn-0000000006"])
    for sighting in Set(events.map(\.data.sightingID)) {
      let names = events.filter { $0.data.sightingID == sighting }
        .map { $0.data.candidates.first?.subjectID }
      #expect(Set(names).count == 1)
    }
    #expect(machine.counts.tracks == 2)
  }

  @Test func `two faces in view at once that get one name are two sightings, not one`() {
    let scene = Scene(walkers: [
      .init(subject: 5, enters: 0, leaves: 6, x: 100, speed: 90, score: 0.7),
      .init(subject: 5, enters: 2, leaves: 7, x: 900, speed: -40, score: 0.55),
    ])
    var machine = SightingMachine.test()
    let events = machine.run(scene.frames(to: 10))
    checkLaws(events)
    #expect(opened(events) == ["syn-0000000005", "syn-0000000005"])
    #expect(machine.counts.joined == 0 && machine.counts.alert == 2)
  }

  @Test func `whom the camera saw lately goes into the checkpoint, open sightings included`() {
    let scene = Scene(walkers: [
      .init(subject: 5, enters: 0, leaves: 2, x: 100, speed: 90),
      .init(subject: 6, enters: 4, leaves: 9, x: 100, speed: 90),
    ])
    var machine = SightingMachine.test()
    for frame in scene.frames(to: 7) { _ = machine.observe(frame) }
    let recent = machine.recentSubjects
    #expect(recent.map(\.subject) == [5, 6])
    #expect(
      recent.map { ($0.lastSeen.microseconds - Scene.start) / 1_000_000 } == [2, 7])
    // A machine that starts from it sights neither again.
    var resumed = SightingMachine.test(remembered: recent)
    #expect(resumed.run(scene.frames(from: 7.2, to: 9)).isEmpty)
  }

  @Test func `a stranger opens nothing`() {
    var machine = SightingMachine.test()
    let events = machine.run(
      Scene(walkers: [.init(subject: nil, enters: 0, leaves: 6, x: 100, speed: 90)]).frames(to: 9))
    #expect(events.isEmpty && machine.counts.noMatch == 1)
  }

  @Test func `low quality is counted and opens nothing`() {
    var machine = SightingMachine.test()
    let events = machine.run(
      Scene(walkers: [
        .init(subject: 5, enters: 0, leaves: 6, x: 100, speed: 90, embedded: false)
      ]).frames(to: 9))
    #expect(events.isEmpty && machine.counts.lowQuality == 1)
  }

  @Test func `the end closes what is open`() {
    var machine = SightingMachine.test()
    let events = machine.run(
      Scene(walkers: [.init(subject: 5, enters: 0, leaves: 60, x: 100, speed: 10)]).frames(to: 5))
    checkLaws(events)
    #expect(events.last?.data.closeReason == .shutdown)
    #expect(events.last?.data.lastSeen == Timestamp(microseconds: Scene.start + 5_000_000))
  }

  @Test func `a sighting closes at its greatest age, and the face that stays opens no other`() {
    var machine = SightingMachine.test()
    let events = machine.run(
      Scene(walkers: [.init(subject: 5, enters: 0, leaves: 700, x: 100, speed: 0)]).frames(to: 700))
    checkLaws(events)
    #expect(opened(events).count == 1)
    #expect(events.last?.data.closeReason == .maximumAge)
    // Opened with the second frame.
    #expect(events.last?.time == Timestamp(microseconds: Scene.start + 300_200_000))
  }

  @Test func `revisions keep their distance`() {
    var machine = SightingMachine.test()
    // Quality and scores rise all along, so every frame would be worth a revision.
    let frames = (0..<50).map { number -> FrameObservation in
      let rise = Float(number) / 200
      let face = FaceObservation(
        box: Box(x: 100, y: 100, width: 40, height: 40), markerPixels: 40, detectionScore: 50,
        quality: 0.5 + Double(rise), tier: "B", isEmbedded: true,
        candidates: [.init(subject: 5, score: 0.5 + rise), .init(subject: 6, score: 0.1)])
      return FrameObservation(
        camera: Scene.camera, frame: Scene.facts(number, Double(number) / 5), faces: [face])
    }
    let events = machine.run(frames)
    checkLaws(events)
    let told = events.dropLast()
    #expect(told.count == 10)
    for (a, b) in zip(told, told.dropFirst()) { #expect(b.time.since(a.time) >= .seconds(1)) }
  }

  @Test func `a silent camera loses its tracks when time passes`() {
    var machine = SightingMachine.test()
    var events = machine.run(
      Scene(walkers: [.init(subject: 5, enters: 0, leaves: 60, x: 100, speed: 10)]).frames(to: 5),
      finish: false)
    #expect(machine.advance(to: Timestamp(microseconds: Scene.start + 7_000_000)).isEmpty)
    events += machine.advance(to: Timestamp(microseconds: Scene.start + 7_000_001))
    checkLaws(events)
    #expect(events.last?.data.closeReason == .trackLost)
    #expect(machine.finish().isEmpty)
  }

  @Test func `frames that go backwards are counted and passed over`() {
    let frames = Scene(walkers: []).frames(to: 2)
    var machine = SightingMachine.test()
    _ = machine.run(frames + frames.prefix(3), finish: false)
    #expect(machine.counts.outOfOrder == 3 && machine.counts.frames == frames.count)
  }

  @Test(arguments: 0..<20)
  func `the laws hold for crowds, and the same crowd gives the same events`(seed: Int) {
    var state = UInt64(seed) &* 2_654_435_769 &+ 12_345
    func random(_ range: Range<Double>) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Double(state >> 11) / 0x1p53 * (range.upperBound - range.lowerBound)
    }
    let walkers = (0..<12).map { _ -> Scene.Walker in
      let enters = random(0..<40)
      return Scene.Walker(
        subject: random(0..<1) < 0.7 ? UInt64(random(1..<6)) : nil, enters: enters,
        leaves: enters + random(1..<12), x: random(0..<1200), y: random(50..<650),
        speed: random(-150..<150), side: random(20..<60), quality: random(0.3..<0.9),
        embedded: random(0..<1) < 0.85,
        hidden: [enters + 1...enters + 1 + random(0.1..<3)])
    }
    let frames = Scene(walkers: walkers).frames(to: 60)
    var machine = SightingMachine.test()
    let events = machine.run(frames)
    checkLaws(events)
    let counts = machine.counts
    #expect(
      counts.tracks == counts.alert + counts.joined + counts.suppressed + counts.noMatch
        + counts.lowQuality)
    #expect(counts.opened == counts.closed)
    // A sighting of a subject begins while another of it is in view, which makes two people of it, or
    // no sooner than the cool-down after that was last seen.
    let bySighting = Dictionary(grouping: events, by: \.data.sightingID)
    for opening in events where opening.data.phase == .opened {
      let subject = opening.data.candidates.first?.subjectID
      for (id, others) in bySighting where id != opening.data.sightingID {
        guard let end = others.last?.data.lastSeen, end < opening.data.firstSeen,
          others.contains(where: {
            $0.data.decision == .alert && $0.data.candidates.first?.subjectID == subject
          })
        else { continue }
        #expect(opening.data.firstSeen.since(end) >= .seconds(10))
      }
    }
    var again = SightingMachine.test()
    #expect(try! again.run(frames).map { try $0.json() } == events.map { try $0.json() })
  }
}
