// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population
import SystemPackage
import Testing

@Suite("int8 galleries in memory and mapped")
struct QuantizedGalleryTests {
  private let population = Population(seed: 1)

  /// All bytes and scales, copied.
  private func contents(_ gallery: QuantizedGallery) -> (bytes: [Int8], scales: [Float]) {
    gallery.rows.withQuantized(0..<gallery.count) { (Array($0), Array($1)) }
  }

  @Test(
    "Drawn, quantized from floats and stored, a gallery has the same bytes and the same digest",
    arguments: [1, 1000, 4096, 4097])
  func same(_ size: Int) async throws {
    let scratch = try Scratch()
    let stored = try await makeGallery(scratch["g"], encoding: .int8, size: size).quantized()
    let floats = try await InMemoryGallery.build(population: population, size: size)
    let made = [
      try await QuantizedGallery.build(population: population, size: size, threads: 1),
      try await QuantizedGallery.build(population: population, size: size, threads: 7),
      try await QuantizedGallery.build(quantizing: floats, threads: 2),
    ]
    let expected = contents(stored)
    #expect(expected.bytes.count == size * 512 && expected.scales.count == size)
    for gallery in made {
      let same = contents(gallery) == expected
      #expect(same)
      #expect(gallery.description == stored.description)
      #expect(gallery.byteCount == size * 516)
    }
  }

  @Test("Every coordinate is within half a step, and the largest is 127 steps")
  func precision() async throws {
    let gallery = try await QuantizedGallery.build(population: population, size: 50)
    let (bytes, scales) = contents(gallery)
    let floats = population.rows(0..<50)
    for row in 0..<50 {
      let own = bytes[row * 512..<(row + 1) * 512]
      #expect(own.map { abs(Int($0)) }.max() == 127)
      for (j, byte) in own.enumerated() {
        let off = floats[row * 512 + j] - Float(byte) * scales[row]
        #expect(off.magnitude <= scales[row] * 0.5001)
      }
    }
  }

  @Test("Rows of zeros have the scale 0, rows with a NaN or an infinity the scale NaN")
  func badRows() async throws {
    var rows = population.rows(0..<4)
    for i in 0..<512 { rows[512 + i] = 0 }
    rows[2 * 512 + 3] = .nan
    rows[3 * 512 + 511] = -.infinity
    let gallery = try await QuantizedGallery.build(quantizing: try InMemoryGallery(rows: rows))
    let (bytes, scales) = contents(gallery)
    #expect(scales[0] > 0 && scales[1] == 0 && scales[2].isNaN && scales[3].isNaN)
    #expect(bytes[512...].allSatisfy { $0 == 0 })
    #expect(gallery.description.population == nil && gallery.description.rows != nil)
  }

  @Test("An argument gives the int8 templates of a folder of int8 or float32, and of none")
  func arguments() async throws {
    let scratch = try Scratch()
    try await makeGallery(scratch["i"], encoding: .int8)
    try await makeGallery(scratch["f"], encoding: .float32)
    try await makeGallery(scratch["s"], encoding: .sketch)
    let drawn = try await GalleryArgument("procedural:1000").quantized(
      population: population, threads: 2)
    for name in ["i", "f"] {
      let gallery = try await GalleryArgument(scratch[name].string).quantized(
        population: population, threads: 2)
      let same = contents(gallery) == contents(drawn)
      #expect(same && gallery.description == drawn.description)
    }
    let wrong = await #expect(throws: GalleryError.self) {
      try await GalleryArgument(scratch["s"].string).quantized(population: population, threads: 1)
    }
    #expect(wrong?.code == .wrongEncoding)
    #expect(wrong?.message.contains("--encoding int8") == true)
    let other = await #expect(throws: GalleryError.self) {
      try await GalleryArgument(scratch["i"].string).quantized(
        population: Population(seed: 2), threads: 1)
    }
    #expect(other?.code == .notOfPopulation)
  }

  @Test("Search of a stored int8 gallery gives the lists of exact search")
  func search() async throws {
    let scratch = try Scratch()
    let stored = try await makeGallery(scratch["g"], encoding: .int8, size: 3000)
    let floats = try await InMemoryGallery.build(population: population, size: 3000)
    var probes = ProbeBatch()
    var row = [Float](repeating: 0, count: 512)
    for identity in 0..<20 {
      row.withUnsafeMutableBufferPointer {
        _ = population.writeCapture(of: UInt64(identity), line: .c, draw: 0, into: $0)
      }
      try probes.append(row)
    }
    let matcher = Int8Matcher(
      gallery: try stored.quantized(), rescorer: .population(population), threads: 2)
    let exact = ExactMatcher(gallery: floats, threads: 2)
    #expect(try await matcher.search(probes, k: 7) == exact.search(probes, k: 7))
  }

  @Test("A gallery that does not fit is refused at once, with bytes and remedy")
  func tooLarge() async throws {
    let error = await #expect(throws: GalleryError.self) {
      try await QuantizedGallery.build(population: population, size: 1 << 39)
    }
    #expect(error?.code == .doesNotFit)
    #expect(error?.message.contains("ask for at most") == true)
    for size in [-1, 1 << 40] {
      let error = await #expect(throws: GalleryError.self) {
        try await QuantizedGallery.build(population: population, size: size)
      }
      #expect(error?.code == .badSize)
    }
  }

  @Test("A cancelled build ends with an error")
  func cancelled() async throws {
    let population = population
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await QuantizedGallery.build(population: population, size: 50_000)
    }
    let error = await #expect(throws: GalleryError.self) { try await task.value }
    #expect(error?.code == .cancelled)
  }
}
