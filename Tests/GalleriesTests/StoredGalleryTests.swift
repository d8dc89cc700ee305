// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Galleries
import Matching
import Population
import SystemPackage
import Testing

@Suite("Galleries on disk")
struct StoredGalleryTests {
  private let population = Population(seed: 1)
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(
    "Row i of a float32 gallery is the template of identity i, as in the gallery in memory"
  )
  func float32() async throws {
    let stored = try await makeGallery(scratch["g"])
    #expect(stored.withTemplates(0..<1000) { Array($0) } == population.rows(0..<1000))
    #expect(stored.withTemplates(300..<302) { Array($0) } == population.rows(300..<302))
    let drawn = try await InMemoryGallery.build(population: population, size: 1000)
    #expect(stored.description == drawn.description)
    #expect(stored.description.simulated && stored.layout.chunkCount == 4)
    #expect(try names(scratch["g"]) == ["manifest.json", "templates.fbin"])
  }

  @Test(
    "The same bytes come whatever the threads", arguments: GalleryEncoding.allCases, [1, 3])
  func threads(_ encoding: GalleryEncoding, _ threads: Int) async throws {
    let one = try await makeGallery(scratch["one"], encoding: encoding, threads: 1)
    let many = try await makeGallery(scratch["many"], encoding: encoding, threads: threads)
    #expect(one.manifest == many.manifest)
    for name in try names(scratch["one"]) {
      #expect(
        try contents(scratch["one"].appending(name)) == contents(scratch["many"].appending(name)))
    }
    #expect(try await GalleryVerification.run(many, threads: threads).damages.isEmpty)
    try many.requireSimulated()
  }

  @Test(
    "A population with relatives and cells is stored with its description",
    arguments: GalleryEncoding.allCases)
  func relatives(_ encoding: GalleryEncoding) async throws {
    var description = PopulationDescription(seed: 1)
    description.relatives = Relatives(population: 1_000_000)
    description.cells = .zipf(count: 8)
    let families = try Population(description)
    let manifest = try await GalleryCreation(
      families, size: 1000, encoding: encoding, at: scratch["g"], chunkTemplates: 256
    ).run(threads: 2).manifest
    let stored = try StoredGallery.open(scratch["g"])
    #expect(stored.manifest == manifest && stored.manifest.population == description)
    try stored.requireSimulated()
    let plain = try await makeGallery(scratch["plain"], encoding: encoding)
    #expect(plain.manifest.chunks != manifest.chunks)
    #expect(plain.description.digest != manifest.description.digest)
    if encoding == .float32 {
      #expect(stored.withTemplates(0..<1000) { Array($0) } == families.rows(0..<1000))
    }
  }

  @Test("Int8 templates are what the format says, and hardly differ from the floats")
  func int8() async throws {
    let stored = try await makeGallery(scratch["g"], encoding: .int8)
    let rows = population.rows(0..<1000)
    stored.withQuantized(0..<1000) { bytes, scales in
      for i in 0..<1000 {
        let row = rows[i * 512..<(i + 1) * 512]
        let scale = row.reduce(Float(0)) { max($0, $1.magnitude) } / 127
        #expect(scales[i] == scale)
        let expected = row.map { Int8(($0 / scale).rounded(.toNearestOrEven)) }
        #expect(Array(bytes[i * 512..<(i + 1) * 512]) == expected)
        var (dot, norm) = (0.0, 0.0)
        for (x, q) in zip(row, expected) {
          dot += Double(x) * Double(q)
          norm += Double(q) * Double(q)
        }
        #expect(dot / norm.squareRoot() > 0.9999)
      }
    }
  }

  @Test("Sketch codes are the encoder's")
  func sketches() async throws {
    let stored = try await makeGallery(scratch["g"], encoding: .sketch)
    var codes = [UInt8](repeating: 0, count: 16_000)
    codes.withUnsafeMutableBytes {
      SketchEncoder(population: population).writeCodes(of: 0..<1000, into: $0)
    }
    #expect(stored.withCodes(0..<1000) { Array($0) } == codes)
    #expect(stored.layout.dataBytes == 16_000 && stored.layout.memoryBytes == 16_000)
  }

  @Test("Exact search of the file gives the lists of exact search in memory", arguments: [1, 40])
  func search(_ probes: Int) async throws {
    let stored = try await makeGallery(scratch["g"], size: 2500)
    let drawn = try await InMemoryGallery.build(population: population, size: 2500)
    var batch = ProbeBatch(capacity: probes)
    for identity in 0..<probes {
      var row = [Float](repeating: 0, count: 512)
      row.withUnsafeMutableBufferPointer {
        _ = population.writeCapture(of: UInt64(identity * 60), line: .c, draw: 0, into: $0)
      }
      try batch.append(row)
    }
    let fromFile = ExactMatcher(gallery: try stored.templates(), threads: 2)
    let fromMemory = ExactMatcher(gallery: drawn, threads: 2)
    let expected = try await fromMemory.search(batch, k: 10)
    let found = try await fromFile.search(batch, k: 10)
    for probe in 0..<probes { #expect(Array(found[probe]) == Array(expected[probe])) }
    #expect(fromFile.gallery == fromMemory.gallery)
  }

  @Test("The view of a gallery outlives the gallery's own object")
  func lifetime() async throws {
    let templates = try await makeGallery(scratch["g"]).templates().templates
    #expect(templates.withTemplates(7..<8) { Array($0) } == population.rows(7..<8))
  }

  @Test("Only float32 galleries can be searched exactly, and that is said")
  func encodings() async throws {
    let stored = try await makeGallery(scratch["g"], encoding: .int8, size: 10)
    let error = #expect(throws: GalleryError.self) { try stored.templates() }
    #expect(error?.code == .wrongEncoding)
  }

  @Test("Chunks have 64 MiB, and more where they would be too many")
  func chunks() throws {
    let small = try GalleryLayout(encoding: .float32, size: 10_000_000, dimension: 512)
    #expect(small.chunkTemplates == 32_768 && small.chunkCount == 306)
    let large = try GalleryLayout(encoding: .float32, size: 4_000_000_000, dimension: 512)
    #expect(large.chunkCount <= 4096)
    let codes = try GalleryLayout(encoding: .sketch, size: 1_300_000_000, dimension: 512)
    #expect(codes.memoryBytes == 20_800_000_000 && codes.chunkCount == 310)
    #expect(throws: GalleryError.self) {
      try GalleryLayout(encoding: .float32, size: 1 << 32, dimension: 512)
    }
  }

  @Test(
    "--gallery is a folder, or procedural and a count",
    arguments: [
      ("procedural:1.3e9", GalleryArgument.procedural(size: 1_300_000_000)),
      ("procedural:100k", .procedural(size: 100_000)), ("procedural:1", .procedural(size: 1)),
      ("some/where", .stored("some/where")), ("./procedural:5", .stored("./procedural:5")),
    ])
  func argument(_ text: String, _ expected: GalleryArgument) throws {
    #expect(try GalleryArgument(text) == expected)
  }

  @Test(
    "A --gallery that is neither is refused with an example",
    arguments: [
      "", "procedural:", "procedural:0", "procedural:1.5", "procedural:-3", "procedural:many",
      "procedural:1e300", "procedural:nan", "procedural:2e12",
    ])
  func badArgument(_ text: String) {
    let error = #expect(throws: GalleryError.self) { try GalleryArgument(text) }
    #expect(error?.code == .badArgument)
    #expect(error?.message.contains("procedural:") == true)
  }

  @Test("An argument gives what a matcher searches, and only for the probes' own population")
  func sources() async throws {
    try await makeGallery(scratch["g"])
    let stored = try await GalleryArgument.stored(scratch["g"])
      .source(population: population, threads: 2)
    let drawn = try await GalleryArgument.procedural(size: 1000)
      .source(population: population, threads: 2)
    #expect(stored.description == drawn.description)
    let error = await #expect(throws: GalleryError.self) {
      _ = try await GalleryArgument.stored(scratch["g"])
        .source(population: Population(seed: 2), threads: 2)
    }
    #expect(error?.code == .notOfPopulation && error?.message.contains("--seed 2") == true)
  }
}
