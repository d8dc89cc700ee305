// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Population
import Synchronization
import Testing

@Suite("Galleries in memory")
struct InMemoryGalleryTests {
  private let population = Population(seed: 1)

  @Test("Row i is the template of identity i, whatever the threads", arguments: [1, 2, 7])
  func rows(_ threads: Int) async throws {
    let gallery = try await InMemoryGallery.build(
      population: population, size: 2500, threads: threads)
    #expect(gallery.count == 2500 && gallery.byteCount == 2500 * 2048)
    #expect(gallery.rows == population.rows(0..<2500))
  }

  @Test("Templates start on a 2 MiB page, and what is on huge pages is told")
  func pages() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 4096, threads: 2)
    gallery.withTemplates(0..<4096) { rows in
      #expect(UInt(bitPattern: rows.baseAddress) % (2 << 20) == 0)
    }
    let huge = try #require(gallery.hugePageByteCount)
    #expect(huge >= 0 && huge <= gallery.byteCount)
  }

  @Test("A gallery that does not fit is refused at once, with bytes and remedy")
  func tooLarge() async throws {
    let error = await #expect(throws: GalleryError.self) {
      try await InMemoryGallery.build(population: population, size: 1 << 39, threads: 1)
    }
    #expect(error?.code == .doesNotFit)
    #expect(error?.message.contains("1125899906842624 bytes") == true)
    #expect(error?.message.contains("ask for at most") == true)
    for size in [-1, 1 << 40] {
      let error = await #expect(throws: GalleryError.self) {
        try await InMemoryGallery.build(population: population, size: size, threads: 1)
      }
      #expect(error?.code == .badSize)
    }
  }

  @Test("Progress reaches the size")
  func progress() async throws {
    let most = Most()
    _ = try await InMemoryGallery.build(population: population, size: 5000, threads: 2) {
      most.note($0)
    }
    #expect(most.calls == 5)
    #expect(most.value == 5000)
  }

  @Test("A cancelled build ends with an error")
  func cancelled() async throws {
    let population = population
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await InMemoryGallery.build(population: population, size: 5000, threads: 1)
    }
    let error = await #expect(throws: GalleryError.self) { try await task.value }
    #expect(error?.code == .cancelled)
  }

  @Test("Equal contents have equal digests, and only drawn galleries are called simulated")
  func descriptions() async throws {
    let a = try await InMemoryGallery.build(population: population, size: 10, threads: 1)
    let b = try await InMemoryGallery.build(population: population, size: 10, threads: 2)
    let c = try await InMemoryGallery.build(population: population, size: 11, threads: 1)
    let d = try await InMemoryGallery.build(population: Population(seed: 2), size: 10, threads: 1)
    #expect(a.description == b.description && a.description.simulated)
    #expect(Set([a, c, d].map(\.description.digest)).count == 3)
    let given = try InMemoryGallery(rows: a.rows)
    #expect(!given.description.simulated && given.description.digest != a.description.digest)
    var rows = a.rows
    rows.swapAt(0, 512)
    #expect(try InMemoryGallery(rows: Array(rows[..<0])).count == 0)
    #expect(try InMemoryGallery(rows: a.rows).description == given.description)
  }

  @Test("Rows of a wrong length or norm are refused")
  func badRows() {
    #expect(throws: GalleryError.self) { try InMemoryGallery(rows: [1, 0]) }
    let row = population.rows(0..<1)
    #expect(throws: GalleryError.self) { try InMemoryGallery(rows: row.map { $0 * 2 }) }
  }
}

private final class Most: Sendable {
  private let state = Mutex((calls: 0, value: 0))
  var calls: Int { state.withLock { $0.calls } }
  var value: Int { state.withLock { $0.value } }

  func note(_ done: Int) {
    state.withLock { state in
      state.calls += 1
      state.value = max(state.value, done)
    }
  }
}
