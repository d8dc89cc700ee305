// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmark
import CKernels
import Galleries
import Population

/// The kernels alone, on one thread, over blocks as matchers hand them over. Run by `Bench/kernels`.
///
/// Throughput counts calls; the names tell how much a call does. What a benchmark needs is made before
/// it, since its closure runs anew for every sample.
let benchmarks: @Sendable () -> Void = {
  unsafe Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], scalingFactor: .one, maxDuration: .seconds(1),
    maxIterations: 100_000)

  exactDot()
  scores()
  bestRows()
  sketchScan()
}

/// Templates of a block: 2 MiB, more than the second-level cache keeps.
let block = 1_024
/// Codes of a piece: 512 KiB.
let piece = 1 << 15
let population = Population(seed: 1)

func exactDot() {
  let rows = templates(2)
  Benchmark("sl_exact_dot: one pair of 512") { benchmark in
    for _ in benchmark.scaledIterations {
      unsafe rows.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        unsafe blackHole(sl_exact_dot(base, base + Population.dimension, Population.dimension))
      }
    }
  }
}

func scores() {
  let rows = templates(block)
  for probes in [1, 8] {
    let batch = captures(probes)
    Benchmark("sl_scores: \(probes) x \(block) rows") { benchmark in
      var out = [Float](repeating: 0, count: probes * block)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        unsafe sl_scores(batch, probes, rows, block, Population.dimension, &out, block)
        blackHole(out[0])
      }
    }
  }
}

func bestRows() {
  let rows = templates(block)
  for probes in [1, 8, 64, 256] {
    let batch = captures(probes)
    Benchmark("sl_best_rows: \(probes) x \(block) rows") { benchmark in
      var packed = [Float](
        repeating: 0, count: sl_packed_floats(probes, Population.dimension))
      unsafe sl_pack_probes(batch, probes, Population.dimension, &packed)
      // High, as in all blocks but a search's first: next to nothing passes.
      let thresholds = [Float](repeating: 0.35, count: probes)
      var hits = [sl_hit](repeating: sl_hit(), count: probes * block)
      var found = [Int](repeating: 0, count: probes)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        unsafe sl_best_rows(
          packed, probes, rows, block, Population.dimension, thresholds, &hits, block, &found)
        blackHole(found[0])
      }
    }
  }
}

func sketchScan() {
  var codes = [UInt8](repeating: 0, count: piece * SketchCode.byteCount)
  unsafe codes.withUnsafeMutableBytes {
    unsafe SketchEncoder(population: population).writeCodes(of: 0..<UInt64(piece), into: $0)
  }
  let model = SketchModel(population.description)
  for probes in [1, 8, 64] {
    let tables = unsafe captures(probes).withUnsafeBufferPointer { all in
      (0..<probes).flatMap { probe in
        let cells = probe * Population.dimension..<(probe + 1) * Population.dimension
        return unsafe SketchProbe(
          vector: UnsafeBufferPointer(rebasing: all[cells]), model: model
        ).tables
      }
    }
    // About one code in 4,000 passes, as in a gallery of many millions.
    let thresholds = (0..<probes).map { score(tables, $0, codes, rank: piece / 4_000) }
    Benchmark("sl_sketch_scan_batch: \(probes) x \(piece) codes") { [codes] benchmark in
      var hits = [UInt32](repeating: 0, count: probes * piece)
      var found = [Int](repeating: 0, count: probes)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        unsafe sl_sketch_scan_batch(
          tables, probes, codes, piece, thresholds, &hits, piece, &found)
        blackHole(found[0])
      }
    }
  }
}

/// The score of the code at `rank` of all, 0 the best.
func score(_ tables: [UInt8], _ probe: Int, _ codes: [UInt8], rank: Int) -> UInt16 {
  var hits = [UInt32](repeating: 0, count: piece)
  let own = Array(tables.dropFirst(probe * Int(SL_SKETCH_TABLE_BYTES)))
  let found = unsafe sl_sketch_scan(own, codes, piece, 0, &hits)
  return UInt16(hits.prefix(found).map { $0 >> 20 }.sorted(by: >)[rank])
}

func templates(_ count: Int) -> [Float] {
  var rows = [Float](repeating: 0, count: count * Population.dimension)
  unsafe rows.withUnsafeMutableBufferPointer {
    unsafe population.writeTemplates(of: 0..<UInt64(count), into: $0)
  }
  return rows
}

/// Captures of strangers, row by row.
func captures(_ count: Int) -> [Float] {
  var rows = [Float](repeating: 0, count: count * Population.dimension)
  unsafe rows.withUnsafeMutableBufferPointer { all in
    for probe in 0..<count {
      let cells = probe * Population.dimension..<(probe + 1) * Population.dimension
      unsafe population.writeCapture(
        of: Population.firstStranger + UInt64(probe), line: .c, draw: 0,
        into: UnsafeMutableBufferPointer(rebasing: all[cells]))
    }
  }
  return rows
}
