// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Galleries
import Population
import SystemPackage
import Testing

@Suite("Vectors from and for other programs")
struct ExchangeTests {
  private let population = Population(seed: 1)
  private let scratch: Scratch
  private static let sample = FilePath(#filePath).removingLastComponent()
    .appending("Samples").appending("tiny.hdf5")

  init() throws { scratch = try Scratch() }

  @Test("What is exported comes back bit by bit", arguments: ["x.fbin", "x.npy"])
  func roundTrip(_ name: String) async throws {
    let stored = try await makeGallery(scratch["g"])
    try stored.export(100..<350, to: scratch[name])
    let manifest = try GalleryImport(from: scratch[name], to: scratch["h"]).run()
    let foreign = try StoredGallery.open(scratch["h"])
    #expect(foreign.manifest == manifest && foreign.count == 250)
    #expect(foreign.withTemplates(0..<250) { Array($0) } == population.rows(100..<350))
    #expect(try await GalleryVerification.run(foreign, threads: 2).damages.isEmpty)
    let given = try InMemoryGallery(rows: population.rows(100..<350))
    #expect(foreign.description == given.description)
    #expect(scratch.names == ["g", "h", name])
  }

  @Test("A whole float32 gallery exported to .fbin is its own data file")
  func whole() async throws {
    let stored = try await makeGallery(scratch["g"])
    try stored.export(0..<1000, to: scratch["x.fbin"])
    #expect(
      try contents(scratch["x.fbin"]) == contents(scratch["g"].appending("templates.fbin")))
  }

  @Test("Int8 templates are multiplied out, within half a scale")
  func int8() async throws {
    let stored = try await makeGallery(scratch["g"], encoding: .int8, size: 100)
    try stored.export(0..<100, to: scratch["x.fbin"])
    let file = try VectorFile(scratch["x.fbin"])
    let rows = population.rows(0..<100)
    for i in 0..<100 {
      let row = rows[i * 512..<(i + 1) * 512]
      let scale = row.reduce(Float(0)) { max($0, $1.magnitude) } / 127
      file.withRow(i) { restored in
        #expect(zip(row, restored).allSatisfy { abs($0 - $1) <= scale * 0.5001 })
      }
    }
  }

  @Test("Codes, ranges beyond the end and unknown endings are refused")
  func refusedExports() async throws {
    let codes = try await makeGallery(scratch["s"], encoding: .sketch, size: 10)
    let floats = try await makeGallery(scratch["f"], size: 10)
    let attempts: [(StoredGallery, Range<Int>, String, GalleryError.Code)] = [
      (codes, 0..<10, "x.fbin", .wrongEncoding), (floats, 0..<11, "x.fbin", .badSize),
      (floats, 0..<10, "x.csv", .badArgument), (floats, 0..<10, "x.hdf5", .badArgument),
    ]
    for (gallery, range, name, code) in attempts {
      let error = #expect(throws: GalleryError.self) {
        try gallery.export(range, to: scratch[name])
      }
      #expect(error?.code == code)
    }
    #expect(scratch.names == ["f", "s"])
  }

  @Test("A foreign gallery says so, and a run refuses it")
  func foreign() async throws {
    try await makeGallery(scratch["g"])
    _ = try GalleryImport(
      from: scratch["g"].appending("templates.fbin"), to: scratch["h"]
    ).run()
    let gallery = try StoredGallery.open(scratch["h"])
    #expect(!gallery.manifest.simulated)
    let error = await #expect(throws: GalleryError.self) {
      _ = try await GalleryArgument.stored(scratch["h"]).source(population: population, threads: 1)
    }
    #expect(error?.code == .foreign)
    #expect(error?.message.contains("simulated: false") == true)
    let run = try Binary.run(
      "$SIGHTLINE run \(Binary.samples) --gallery h --bus sqlite:bus.db", in: scratch.path)
    #expect(run.status == 1 && run.lines.count == 1)
    #expect(run.errors.contains("vectors from elsewhere"), "\(run.errors)")
    let info = try Binary.run("$SIGHTLINE gallery info h --json", in: scratch.path)
    #expect(info.status == 0 && info.output.contains("\"simulated\" : false"))
  }

  @Test("Templates that are not the population's are refused, whatever the manifest says")
  func forged() async throws {
    for encoding in GalleryEncoding.allCases {
      let name = "g-\(encoding.rawValue)"
      try await makeGallery(scratch[name], encoding: encoding)
      try StoredGallery.open(scratch[name]).requireSimulated()
      // Another population's rows under this one's manifest.
      try await makeGallery(scratch["other-" + name], encoding: encoding, seed: 2)
      let file = try #require(
        try names(scratch[name]).first { $0 != "manifest.json" && $0 != "scales.fbin" })
      try contents(scratch["other-" + name].appending(file))
        .write(to: URL(fileURLWithPath: scratch[name].appending(file).string))
      let error = #expect(throws: GalleryError.self) {
        try StoredGallery.open(scratch[name]).requireSimulated()
      }
      #expect(error?.code == .notOfPopulation)
    }
  }

  @Test("Rows that are no unit vectors are refused by number, or normalised when asked")
  func norms() throws {
    let rows: [Float] = [1, 0, 0.6, 0.8, 3, 4]
    try WholeFile.write(VectorFile.encode(rows: rows, dimension: 2), to: scratch["x.fbin"])
    var task = GalleryImport(from: scratch["x.fbin"], to: scratch["g"])
    let error = #expect(throws: GalleryError.self) { try task.run() }
    #expect(error?.message.contains("row 2 has norm 5") == true)
    #expect(error?.message.contains("--normalize") == true)
    #expect(scratch.names == ["x.fbin"])
    task.normalizes = true
    _ = try task.run()
    let stored = try StoredGallery.open(scratch["g"])
    #expect(stored.withTemplates(0..<3) { Array($0) } == [1, 0, 0.6, 0.8, 0.6, 0.8])
    #expect(stored.dimension == 2)
  }

  @Test("Rows without a direction are refused even then", arguments: [Float.nan, .infinity, 0])
  func directionless(_ value: Float) throws {
    try WholeFile.write(
      VectorFile.encode(rows: [1, 0, value, value], dimension: 2), to: scratch["x.fbin"])
    var task = GalleryImport(from: scratch["x.fbin"], to: scratch["g"])
    task.normalizes = true
    let error = #expect(throws: GalleryError.self) { try task.run() }
    #expect(error?.code == .badRows && error?.message.contains("row 1") == true)
    #expect(scratch.names == ["x.fbin"])
  }

  @Test("HDF5 files of ann-benchmarks are read, of any float type")
  func hdf5() throws {
    var task = GalleryImport(from: Self.sample, to: scratch["g"])
    _ = try task.run()
    let stored = try StoredGallery.open(scratch["g"])
    #expect(stored.count == 6 && stored.dimension == 4)
    #expect(stored.withTemplates(1..<2) { Array($0) } == [0, 1, 0, 0])
    #expect(stored.withTemplates(5..<6) { Array($0) } == [0, -1, 0, 0])
    task = GalleryImport(from: Self.sample, to: scratch["h"])
    task.dataset = "test"  // float64, big-endian, of norm 3
    #expect(throws: GalleryError.self) { try task.run() }
    task.normalizes = true
    _ = try task.run()
    let same = try StoredGallery.open(scratch["h"])
    #expect(same.description == stored.description)
  }

  @Test(
    "HDF5 that cannot be used is refused with the reason",
    arguments: [
      ("missing", "no dataset \"missing\""), ("neighbors", "no floating point"),
      ("flat", "two dimensions"),
    ])
  func badHDF5(_ dataset: String, _ words: String) throws {
    var task = GalleryImport(from: Self.sample, to: scratch["g"])
    task.dataset = dataset
    let error = #expect(throws: FileError.self) { try task.run() }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(
    "A file that is not what its name says is refused with the reason",
    arguments: [
      ("x.fbin", "abc", "too short"), ("x.fbin", "aaaaaaaaaaaa", "1633771873 x 1633771873"),
      ("x.npy", "abc", "\\x93NUMPY"), ("x.hdf5", "abc", "not an HDF5 file"),
      ("x.csv", "1,2", ".fbin, .npy"),
    ])
  func notWhatItSays(_ name: String, _ text: String, _ words: String) throws {
    try WholeFile.write(text, to: scratch[name])
    let result = try Binary.run(
      "$SIGHTLINE gallery import --from \(name) --out g", in: scratch.path)
    #expect(result.status == 1 && result.lines.count == 1)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(scratch.names == [name])
  }

  @Test("Headers of .npy files are read in all versions, and written readable")
  func npy() throws {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }"
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    let size = UInt8(text.utf8.count + 1)
    let versions: [[UInt8]] = [[1, 0, size, 0], [2, 0, size, 0, 0, 0], [3, 0, size, 0, 0, 0]]
    for version in versions {
      let header = try NPYHeader(magic + version + Array((text + "\n").utf8))
      #expect(header.count == 3 && header.dimension == 5)
      #expect(header.byteCount == 6 + version.count + Int(size))
    }
    let written = NPYHeader.encode(count: 1_300_000_000, dimension: 512)
    #expect(written.count % 64 == 0)
    #expect(try NPYHeader(written).count == 1_300_000_000)
  }

  @Test(
    "Arrays of another kind are refused with what to do",
    arguments: [
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 5), }", "astype"),
      ("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 5), }", "ascontiguousarray"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "1 dimensions"),
      ("{'descr': '<f4', 'shape': (3, 5), }", "without descr"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (3, -5), }", "no dictionary"),
      ("(3, 5)", "no dictionary"), ("", "no dictionary"),
    ])
  func badNPY(_ text: String, _ words: String) {
    let header: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + [0, 0]
    let error = #expect(throws: GalleryError.self) { try NPYHeader(header) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
