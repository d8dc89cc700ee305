// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Galleries
import Population
import Synchronization
import SystemPackage
import Testing

@Suite("Making galleries on disk")
struct CreationTests {
  private struct Died: Error {}
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func creation(
    _ name: String, encoding: GalleryEncoding = .float32, size: Int = 1000, seed: UInt64 = 1
  ) throws -> GalleryCreation {
    try GalleryCreation(
      Population(seed: seed), size: size, encoding: encoding, at: scratch[name],
      chunkTemplates: 256)
  }

  @Test(
    "Whatever step a creation dies at, nothing opens, and the next one finishes it to the same bytes",
    arguments: [
      GalleryCreation.Step.started, .allocated, .wrote(chunk: 0), .noted(chunk: 0),
      .wrote(chunk: 2), .noted(chunk: 3), .manifest, .journalRemoved,
    ])
  func resuming(_ deadly: GalleryCreation.Step) async throws {
    let whole = try await makeGallery(scratch["whole"], encoding: .int8)
    var creation = try creation("g", encoding: .int8)
    creation.onStep = { if $0 == deadly { throw Died() } }
    await #expect(throws: Died.self) { _ = try await creation.run(threads: 1) }
    #expect(!scratch.names.contains("g"))
    #expect(throws: FileError.self) { try StoredGallery.open(scratch["g"]) }

    creation.onStep = nil
    let outcome = try await creation.run(threads: 2)
    let expected =
      switch deadly {
      case .started, .allocated, .wrote(chunk: 0): 0
      case .noted(chunk: 0): 256
      case .wrote: 512
      case .noted, .manifest, .journalRemoved: 1000
      }
    #expect(outcome.resumed == expected)
    #expect(outcome.manifest == whole.manifest)
    #expect(try names(scratch["g"]) == names(scratch["whole"]))
    for name in try names(scratch["g"]) {
      #expect(
        try contents(scratch["g"].appending(name)) == contents(scratch["whole"].appending(name)))
    }
    #expect(scratch.names == ["g", "whole"])
  }

  /// A creation that died after three chunks.
  private func leaveUnfinished(_ name: String = "g") async throws {
    var creation = try creation(name)
    creation.onStep = { if $0 == .noted(chunk: 2) { throw Died() } }
    await #expect(throws: Died.self) { _ = try await creation.run(threads: 1) }
  }

  @Test("A chunk that a crash damaged is found and made again")
  func damagedChunk() async throws {
    try await leaveUnfinished()
    try damage(scratch[".g.unfinished"].appending("templates.fbin")) { $0[8 + 300 * 2048] ^= 1 }
    let outcome = try await creation("g").run(threads: 1)
    #expect(outcome.resumed == 512)
    let gallery = try StoredGallery.open(scratch["g"])
    #expect(try await GalleryVerification.run(gallery, threads: 2).damages.isEmpty)
    #expect(try await makeGallery(scratch["h"]).manifest == gallery.manifest)
  }

  @Test("A torn or altered journal line ends the journal")
  func tornJournal() async throws {
    for change in [{ $0.removeLast(5) }, { $0[$0.count - 30] ^= 1 }] as [(inout Data) -> Void] {
      try await leaveUnfinished()
      try damage(scratch[".g.unfinished"].appending("journal"), change)
      #expect(try await creation("g").run(threads: 1).resumed == 512)
      try FileManager.default.removeItem(atPath: scratch["g"].string)
    }
  }

  @Test("Unfinished work of another kind is refused, and --fresh starts over")
  func otherPlan() async throws {
    try await leaveUnfinished()
    for other in [try creation("g", seed: 2), try creation("g", size: 1001)] {
      let error = await #expect(throws: GalleryError.self) { _ = try await other.run(threads: 1) }
      #expect(error?.code == .otherPlan && error?.message.contains("--fresh") == true)
    }
    #expect(try await creation("g", seed: 2).run(threads: 1, fresh: true).resumed == 0)
    #expect(try StoredGallery.open(scratch["g"]).manifest.population?.seed == 2)
  }

  @Test("What exists is never written over")
  func exists() async throws {
    try await makeGallery(scratch["g"], size: 10)
    let error = await #expect(throws: FileError.self) {
      _ = try await creation("g").run(threads: 1)
    }
    #expect(error?.code == .exists)
    #expect(try StoredGallery.open(scratch["g"]).count == 10)
  }

  @Test("Two creations of one gallery do not meet")
  func busy() async throws {
    var first = try creation("g")
    let second = try creation("g")
    let met = Box()
    first.onStep = { step in
      guard step == .wrote(chunk: 1) else { return }
      let semaphore = DispatchSemaphore(value: 0)
      Task.detached {
        do { _ = try await second.run(threads: 1) } catch { met.set(error) }
        semaphore.signal()
      }
      semaphore.wait()
    }
    _ = try await first.run(threads: 1)
    #expect((met.error as? GalleryError)?.code == .busy)
  }

  @Test("A creation that is cancelled says how it goes on, and goes on")
  func cancelled() async throws {
    let creation = try creation("g")
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await creation.run(threads: 1)
    }
    let error = await #expect(throws: GalleryError.self) { _ = try await task.value }
    #expect(error?.code == .cancelled && error?.message.contains(".g.unfinished") == true)
    #expect(try await creation.run(threads: 1).manifest.layout.size == 1000)
  }

  @Test(
    "A gallery larger than the disk is refused before anything is written, with bytes and remedy")
  func noSpace() async throws {
    let creation = try GalleryCreation(
      Population(seed: 1), size: 4_000_000_000, encoding: .float32, at: scratch["g"])
    let error = await #expect(throws: GalleryError.self) { _ = try await creation.run(threads: 1) }
    #expect(error?.code == .noSpace)
    #expect(error?.message.contains("8192000000008 more bytes") == true)
    #expect(error?.message.contains("--encoding int8") == true)
    #expect(scratch.names.isEmpty)
  }

  @Test(
    "A creation killed by kill -9, or interrupted, goes on where it was",
    arguments: [SIGKILL, SIGINT])
  func killed(_ signal: Int32) throws {
    let line = "exec $SIGHTLINE gallery create --size 132k --out g --threads 2"
    let (process, _, errors) = try Binary.start(line, in: scratch.path)
    let journal = scratch[".g.unfinished"].appending("journal")
    // Heading and at least one chunk.
    for _ in 0..<20_000 {
      if let text = try? contents(journal), text.count(where: { $0 == 10 }) >= 2 { break }
      guard process.isRunning else { break }
      usleep(500)
    }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    if signal == SIGKILL {
      #expect(process.terminationReason == .uncaughtSignal)
    } else {
      #expect(process.terminationReason == .exit && process.terminationStatus == 130)
      let said = String(decoding: try contents(errors), as: UTF8.self)
      #expect(said.contains("the same command goes on where it was"), "\(said)")
    }
    #expect(!scratch.names.contains("g"))
    let opened = try Binary.run("$SIGHTLINE gallery info g", in: scratch.path)
    #expect(opened.status == 1)
    let again = try Binary.run(line, in: scratch.path)
    #expect(again.status == 0 && again.errors.contains("made before"), "\(again.errors)")
    let verified = try Binary.run("$SIGHTLINE gallery verify g", in: scratch.path)
    #expect(verified.status == 0 && verified.output.contains("all 5 chunks"))
    #expect(!scratch.names.contains(".g.unfinished"))
  }
}

/// An error that another task met.
private final class Box: Sendable {
  private let value = Mutex<(any Error)?>(nil)
  var error: (any Error)? { value.withLock { $0 } }
  func set(_ error: any Error) { value.withLock { $0 = error } }
}
