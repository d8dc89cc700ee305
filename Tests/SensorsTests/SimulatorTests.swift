// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Frames
import Markers
import Sensors
import Synchronization
import SystemPackage
import Testing

@Suite("A simulated frame set")
struct SimulatorTests {
  let studio: Studio

  init() throws { studio = try Studio() }

  @Test("has the same bytes for one worker and for three, and others for another seed")
  func sameSeedSameBytes() async throws {
    var options = SimulationOptions.tiny
    options.blur = [0, 1.2]
    options.noise = [2]
    options.exposure = [1, 0.3]
    options.truncated = .frames(2)
    options.garbage = .frames(1)
    let one = try await studio.shoot("one", options, workers: 1)
    let three = try await studio.shoot("three", options, workers: 3)
    #expect(one.manifest == three.manifest)
    for name in [FrameSetManifest.fileName, "truth.json", "probes.fbin"] {
      #expect(try one.bytes(name) == three.bytes(name))
    }
    options.seed = 8
    let other = try await studio.shoot("other", options)
    let digests = Set(one.manifest.frames.map(\.sha256))
    #expect(digests.count == one.manifest.frames.count)
    #expect(digests.isDisjoint(with: other.manifest.frames.map(\.sha256)))
  }

  @Test("names every file with its size and digest")
  func digests() async throws {
    var options = SimulationOptions.tiny
    options.truncated = .frames(1)
    let set = try await studio.shoot("set", options)
    for frame in set.manifest.frames {
      let bytes = try set.bytes(frame.file)
      #expect(bytes.count == frame.bytes)
      #expect(SHA256Digest(of: bytes) == frame.sha256)
    }
    #expect(set.manifest.files.keys.sorted() == ["probes.fbin", "truth.json"])
    for (name, digest) in set.manifest.files {
      #expect(SHA256Digest(of: try set.bytes(name)) == digest)
    }
    #expect(set.manifest.generator.arguments == options.arguments + ["--telling"])
    #expect(set.manifest.frames.first?.file.hasPrefix("frames/cam-0") == true)
  }

  @Test("keeps the virtual clock: a phase of less than a frame, then the frame rate")
  func times() async throws {
    let set = try await studio.shoot("set", .tiny)
    let epoch: Int64 = 1_704_067_200_000_000
    for camera in set.manifest.cameras {
      let times = set.manifest.frames.filter { $0.camera == camera.id }.map(\.capturedAt)
      #expect(times.count == 20)
      #expect((0..<200_000).contains(times[0] - epoch))
      for (seq, time) in times.enumerated() {
        #expect(abs(time - times[0] - Int64(seq) * 200_000) <= 1)
      }
    }
    let order = set.manifest.frames.map { ($0.capturedAt, $0.camera) }
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("holds one row of probes for each appearance and tier, with draws of their own")
  func probes() async throws {
    let set = try await studio.shoot("set", .tiny)
    let file = try VectorFile(set.folder.appending("probes.fbin"))
    let tiers = set.manifest.tiers.count
    #expect(file.count == set.manifest.appearances.count * tiers)
    #expect(set.manifest.appearances.count == set.truth.appearances.count)
    var draws = Set<[Float]>()
    for (appearance, truth) in zip(set.manifest.appearances, set.truth.appearances) {
      #expect(appearance.camera == truth.camera)
      #expect(appearance.marker == truth.marker)
      for tier in 0..<tiers {
        file.withRow(appearance.firstRow + tier) { row in
          let identity = UInt64(row[0]) << 40 | UInt64(row[1]) << 20 | UInt64(row[2])
          #expect(identity == truth.identity)
          #expect(row[3] == Float(tier))
          draws.insert([row[4], row[5]])
        }
      }
    }
    #expect(draws.count == file.count)
  }

  @Test("suffers exactly the faults asked for")
  func faults() async throws {
    var options = SimulationOptions.tiny
    options.dropped = .percent(10)
    options.truncated = .frames(3)
    options.garbage = .frames(2)
    let set = try await studio.shoot("set", options)
    #expect(set.manifest.frames.count == 36)
    var truncated = 0
    var garbage = 0
    var delivered = Set<[String]>()
    for frame in set.manifest.frames {
      do {
        if try set.gray(frame).warning != nil {
          truncated += 1
        } else {
          delivered.insert([frame.camera, "\(frame.seq)"])
        }
      } catch let error as FrameError {
        #expect(error.code == .corrupt)
        garbage += 1
      }
    }
    #expect(truncated == 3)
    #expect(garbage == 2)
    for person in set.truth.appearances {
      for each in person.frames {
        #expect(each.delivered == delivered.contains([person.camera, "\(each.seq)"]))
      }
    }
  }

  @Test("reports progress one capture at a time")
  func progress() async throws {
    let seen = Mutex([Int]())
    try await Simulator.run(
      .tiny, probes: TellingProbes(), to: studio.root.appending("set"), workers: 2
    ) { progress in
      #expect(progress.total == 40)
      seen.withLock { $0.append(progress.done) }
    }
    #expect(seen.withLock { $0 } == Array(1...40))
  }

  @Test("leaves nothing behind when it is cancelled")
  func cancellation() async throws {
    let folder = studio.root.appending("set")
    let (signal, started) = AsyncStream<Void>.makeStream()
    let task = Task {
      try await Simulator.run(.tiny, probes: TellingProbes(), to: folder, workers: 2) { progress in
        if progress.done == 3 { started.finish() }
      }
    }
    for await _ in signal {}
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try studio.content() == [])
  }

  @Test("goes into a new or empty folder only")
  func folders() async throws {
    var options = SimulationOptions.tiny
    options.seconds = 0.4
    _ = try await studio.shoot("set", options)
    let folder = studio.root.appending("set")
    let again = await #expect(throws: FileError.self) {
      try await Simulator.run(options, probes: TellingProbes(), to: folder)
    }
    #expect(again?.code == .exists)
    let nowhere = studio.root.appending("set").appending("manifest.json").appending("x")
    let blocked = await #expect(throws: FileError.self) {
      try await Simulator.run(options, probes: TellingProbes(), to: nowhere)
    }
    #expect(blocked?.code == .unwritable)
    #expect(try studio.content() == ["set"])
  }
}
