// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Population
import Synchronization
import Testing

@Suite struct SketchGalleryTests {
  static let population = Population(seed: 8)

  @Test("Code i is that of identity i, whatever the threads", arguments: [1, 2, 7])
  func build(threads: Int) async throws {
    let encoder = SketchEncoder(population: Self.population)
    let gallery = try await SketchGallery.build(
      population: Self.population, size: 300_001, threads: threads)
    #expect(gallery.count == 300_001)
    #expect(gallery.byteCount == 300_001 * 16)
    let expected = EncoderTests.codes(encoder, 0..<300_001)
    gallery.withCodes(0..<300_001) { codes in
      #expect(codes.elementsEqual(expected))
    }
    for i in [0, 1, 131_071, 131_072, 300_000] {
      #expect(gallery.code(i) == encoder.code(of: UInt64(i)))
    }
    gallery.withCodes(5..<5) { #expect($0.isEmpty) }
  }

  @Test("An empty gallery has no codes")
  func empty() async throws {
    let gallery = try await SketchGallery.build(population: Self.population, size: 0, threads: 2)
    #expect(gallery.count == 0)
    gallery.withCodes(0..<0) { #expect($0.isEmpty) }
  }

  @Test("What does not fit is refused with a remedy before memory is taken")
  func refused() async {
    let error = await #expect(throws: GalleryError.self) {
      try await SketchGallery.build(population: Self.population, size: 1 << 39)
    }
    #expect(error?.code == .doesNotFit)
    #expect(error?.message.contains("ask for at most") == true)
    let negative = await #expect(throws: GalleryError.self) {
      try await SketchGallery.build(population: Self.population, size: -1)
    }
    #expect(negative?.code == .badSize)
  }

  @Test("Progress reaches the size")
  func progress() async throws {
    let most = Mutex(0)
    _ = try await SketchGallery.build(population: Self.population, size: 500_000, threads: 2) {
      done in
      most.withLock { $0 = max($0, done) }
    }
    #expect(most.withLock { $0 } == 500_000)
  }

  @Test("Building ends when its task is cancelled")
  func cancelled() async {
    let task = Task {
      try await SketchGallery.build(population: Self.population, size: 20_000_000) { _ in
        withUnsafeCurrentTask { $0?.cancel() }
      }
    }
    task.cancel()
    let error = await #expect(throws: GalleryError.self) { try await task.value }
    #expect(error?.code == .cancelled)
  }
}
