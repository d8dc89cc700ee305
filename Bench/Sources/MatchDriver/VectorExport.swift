// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Population
import SystemPackage

/// Writes the vectors that every side searches: `templates.fbin`, `probes.fbin`, and `truth.json`, which
/// tells of each probe the identity it is a capture of, or -1 for a stranger.
///
/// Probes are captures of line C by turns of somebody enrolled, evenly over the gallery, and of a stranger.
struct VectorExport {
  /// Templates drawn and written at a time: 16 MiB.
  private static let piece = 8_192

  let size: Int
  let probes: Int
  let folder: FilePath
  let population: Population

  init(_ arguments: Arguments) throws {
    guard let probes = Int(arguments.probes), probes >= 2, probes <= 2 * arguments.size else {
      throw DriverError("--probes is a number from 2 to twice the size")
    }
    size = arguments.size
    self.probes = probes
    folder = FilePath(arguments.out)
    population = Population(seed: arguments.seed)
  }

  func write() throws {
    try unsafe writeRows("templates.fbin", count: size) { range, rows in
      unsafe population.writeTemplates(
        of: UInt64(range.lowerBound)..<UInt64(range.upperBound), into: rows)
    }
    let mates = (0..<probes).map(mate)
    try unsafe writeRows("probes.fbin", count: probes) { range, rows in
      for (place, probe) in range.enumerated() {
        let cells = place * Population.dimension..<(place + 1) * Population.dimension
        unsafe population.writeCapture(
          of: mates[probe] ?? Population.firstStranger + UInt64(probe), line: .c, draw: 0,
          into: UnsafeMutableBufferPointer(rebasing: rows[cells]))
      }
    }
    let truth = Truth(
      population: population.digest.hex, seed: population.description.seed, size: size,
      mates: mates.map { $0.map { Int($0) } ?? -1 })
    try WholeFile.write(
      Array(JSONEncoder().encode(truth)), to: folder.appending("truth.json"))
  }

  private func mate(_ probe: Int) -> UInt64? {
    let mated = (probes + 1) / 2
    return probe % 2 == 0 ? UInt64(probe / 2 * size / mated) : nil
  }

  private func writeRows(
    _ name: String, count: Int,
    _ draw: (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void
  ) throws {
    let path = folder.appending(name)
    let (beside, file) = try WholeFile.create(beside: path)
    defer { try? file.close() }
    do {
      // An .fbin header: count and dimension, 32 bits each.
      let header = [UInt32(count).littleEndian, UInt32(Population.dimension).littleEndian]
      try unsafe header.withUnsafeBytes { _ = try unsafe file.writeAll($0) }
      for first in stride(from: 0, to: count, by: Self.piece) {
        let range = first..<min(first + Self.piece, count)
        var rows = [Float](repeating: 0, count: range.count * Population.dimension)
        unsafe rows.withUnsafeMutableBufferPointer { unsafe draw(range, $0) }
        try unsafe rows.withUnsafeBytes { _ = try unsafe file.writeAll($0) }
      }
    } catch {
      WholeFile.unlink(beside)
      throw error
    }
    try WholeFile.publish(beside, as: path)
  }

  private struct Truth: Encodable {
    let population: String
    let seed: UInt64
    let size: Int
    let mates: [Int]
  }
}
