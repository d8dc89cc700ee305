// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Files
import Foundation
import Galleries
import Matching
import Population
import SystemPackage

/// Galleries, matchers and probes, and what commands do with them. One command at a time.
final class Desk {
  private let size: Int
  private let population: Population
  private let probes: VectorFile
  private var rows: InMemoryGallery?
  private var quantized: QuantizedGallery?
  private var codes: SketchGallery?
  private var searchers: [Key: any Searcher] = [:]

  private struct Key: Hashable {
    let name: MatcherName
    let threads: Int
  }

  init(_ arguments: Arguments) throws {
    size = arguments.size
    population = Population(seed: arguments.seed)
    probes = try VectorFile(FilePath(arguments.probes))
    guard probes.dimension == Population.dimension else {
      throw DriverError("\(arguments.probes) has \(probes.dimension) coordinates, not 512")
    }
  }

  func answer(_ command: Command) async throws -> Data {
    switch command.name {
    case "facts": return try json(facts)
    case "prepare": return try await prepare(command)
    case "search": return try await search(command)
    case "ids": return try await ids(command)
    case "drop":
      searchers = [:]
      rows = nil
      quantized = nil
      codes = nil
      return try json(["dropped": true])
    default: throw DriverError("there is no command \(command.name)")
    }
  }

  // MARK: - Commands

  private struct Facts: Encodable {
    let size: Int
    let population: String
    let kernels: KernelReport
    let sketchScan: String
    let openBLAS: OpenBLASInfo
    let hugePageBytes: Int?
    let rowBytes: Int?
  }

  private var facts: Facts {
    Facts(
      size: size, population: population.digest.hex, kernels: .current,
      sketchScan: unsafe String(cString: sl_sketch_scan_variant()), openBLAS: .current,
      hugePageBytes: rows?.hugePageByteCount, rowBytes: rows?.byteCount)
  }

  /// Builds what `MATCHER` needs, on all cores.
  private func prepare(_ command: Command) async throws -> Data {
    struct Answer: Encodable {
      let seconds: Double
      let bytesPerTemplate: Double
    }
    let start = Clocks.now
    let searcher = try await searcher(MatcherName(command.text(0)), threads: 1)
    let seconds = Double((Clocks.now - start).wall) / 1e9
    return try json(Answer(seconds: seconds, bytesPerTemplate: searcher.bytesPerTemplate))
  }

  /// Searches batch after batch from probe FIRST on, round the probes, and tells what each search took:
  /// from vectors in memory to candidate lists.
  private func search(_ command: Command) async throws -> Data {
    struct Answer: Encodable {
      var wallNanoseconds: [Int] = []
      var cpuNanoseconds: [Int] = []
    }
    let searcher = try await searcher(
      MatcherName(command.text(0)), threads: command.number(1, atLeast: 1))
    let (batch, k) = (try command.number(2, atLeast: 1), try command.number(3, atLeast: 1))
    var first = try command.number(4, atLeast: 0)
    var answer = Answer()
    for _ in 0..<(try command.number(5, atLeast: 1)) {
      let vectors = vectors(first, batch)
      let start = Clocks.now
      try await searcher.search(vectors, k: k)
      let took = Clocks.now - start
      answer.wallNanoseconds.append(took.wall)
      answer.cpuNanoseconds.append(took.cpu)
      first += batch
    }
    return try json(answer)
  }

  /// Writes the identities found for probes FIRST ..< FIRST + COUNT, `k` 64-bit integers a probe, -1 where
  /// a list is shorter, and beside them in FILE.scores as many floats.
  private func ids(_ command: Command) async throws -> Data {
    let searcher = try await searcher(
      MatcherName(command.text(0)), threads: command.number(1, atLeast: 1))
    let (batch, k) = (try command.number(2, atLeast: 1), try command.number(3, atLeast: 1))
    let first = try command.number(4, atLeast: 0)
    let count = try command.number(5, atLeast: 1)
    let path = FilePath(try command.text(6))
    var identities: [Int64] = []
    var scores: [Float] = []
    for start in stride(from: first, to: first + count, by: batch) {
      let size = min(batch, first + count - start)
      guard let lists = try await searcher.search(vectors(start, size), k: k) else {
        throw DriverError("\(try command.text(0)) gives no candidates")
      }
      for probe in 0..<size {
        let list = lists[probe]
        let missing = k - list.count
        identities += list.map { Int64($0.subject) } + [Int64](repeating: -1, count: missing)
        scores += list.map(\.score) + [Float](repeating: -.infinity, count: missing)
      }
    }
    try WholeFile.write(unsafe identities.withUnsafeBytes { unsafe [UInt8]($0) }, to: path)
    try WholeFile.write(
      unsafe scores.withUnsafeBytes { unsafe [UInt8]($0) }, to: FilePath("\(path).scores"))
    return try json(["count": count])
  }

  // MARK: - What they need

  private func searcher(_ name: MatcherName, threads: Int) async throws -> any Searcher {
    let key = Key(name: name, threads: threads)
    if let known = searchers[key] { return known }
    let searcher: any Searcher
    switch name.kind {
    case "exact":
      let gallery = try await exactGallery()
      searcher = MatcherSearcher(
        ExactMatcher(gallery: gallery, threads: threads), bytesPerTemplate: 2_048)
    case "int8":
      let gallery = try await int8Gallery()
      searcher = MatcherSearcher(
        Int8Matcher(gallery: gallery, rescorer: .population(population), threads: threads),
        bytesPerTemplate: 516)
    case "sketch":
      let gallery = try await sketchGallery()
      let matcher = SketchMatcher(
        gallery: gallery, population: population, threads: threads,
        listLength: name.options["list"])
      guard matcher.listLength == name.options["list"] ?? matcher.listLength else {
        throw DriverError("its lists have \(matcher.listLength) codes or more")
      }
      searcher = MatcherSearcher(matcher, bytesPerTemplate: 16)
    case "sketch-scan":
      searcher = SketchScan(
        try await sketchGallery(), population, threads: threads,
        list: name.options["list"] ?? SketchMatcher.shortestList)
    default: throw DriverError("there is no matcher \(name.kind)")
    }
    searchers[key] = searcher
    return searcher
  }

  private func exactGallery() async throws -> InMemoryGallery {
    if let rows { return rows }
    let built = try await InMemoryGallery.build(population: population, size: size, threads: 2)
    rows = built
    return built
  }

  private func int8Gallery() async throws -> QuantizedGallery {
    if let quantized { return quantized }
    let built = try await QuantizedGallery.build(population: population, size: size, threads: 2)
    quantized = built
    return built
  }

  private func sketchGallery() async throws -> SketchGallery {
    if let codes { return codes }
    let built = try await SketchGallery.build(population: population, size: size, threads: 2)
    codes = built
    return built
  }

  /// Probes `first ..< first + count`, counted round.
  private func vectors(_ first: Int, _ count: Int) -> [Float] {
    var vectors: [Float] = []
    vectors.reserveCapacity(count * probes.dimension)
    for probe in first..<first + count {
      unsafe probes.withRow(probe % probes.count) { unsafe vectors.append(contentsOf: $0) }
    }
    return vectors
  }

  private func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value)
  }
}
