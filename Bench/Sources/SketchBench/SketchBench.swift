// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Glibc
import Population
import Synchronization

/// Builds a sketch gallery in memory and scans it; prints what it took. Run by `Bench/sketch-build`.
@main struct SketchBench {
  static func main() async throws {
    let arguments = Arguments(CommandLine.arguments)
    let population = try arguments.population()
    print(
      "\(arguments.people): \(arguments.size) codes, \(arguments.threads) threads, kernels \(variant)"
    )
    let gallery = try await build(population, arguments)
    try general(arguments)
    try await stream(gallery, arguments)
    for batch in arguments.batches {
      try await Scan(gallery, population, probes: batch).report(arguments)
    }
    if arguments.partition { try await Partition(gallery, population, arguments).report() }
    try await Search(gallery, population, arguments).report()
    print("peak memory \(peakKibibytes() / 1024) MiB")
  }

  static var variant: String { unsafe String(cString: sl_sketch_scan_variant()) }

  static func build(_ population: Population, _ arguments: Arguments) async throws -> SketchGallery
  {
    let before = Usage.now
    let step = max(arguments.size / 10, 1)
    let told = Mutex(0)
    let gallery = try await SketchGallery.build(
      population: population, size: arguments.size, threads: arguments.threads
    ) { done in
      told.withLock { last in
        guard done / step > last else { return }
        last = done / step
        let seconds = (Usage.now - before).wall
        tell("  \(done) codes, \(text(Double(done) / seconds / 1e6)) million/s")
      }
    }
    let took = Usage.now - before
    let each = 1e9 / Double(max(arguments.size, 1))
    print(
      "build: \(text(took.wall)) s; per 1e9 codes \(text(took.wall * each)) s wall, "
        + "\(text(took.user * each)) s of work and \(text(took.system * each)) s of page faults (CPU)"
    )
    let huge = Double(gallery.hugePageByteCount ?? 0) / Double(max(gallery.byteCount, 1))
    print("on 2 MiB pages: \(text(huge * 100)) % of \(gallery.byteCount) bytes")
    return gallery
  }

  /// Every kind of population on one thread.
  static func general(_ arguments: Arguments) throws {
    for people in Arguments.People.allCases {
      var other = arguments
      other.people = people
      let (encoder, count) = (SketchEncoder(population: try other.population()), 200_000)
      var codes = [UInt8](repeating: 0, count: count * SketchCode.byteCount)
      let start = Usage.now
      unsafe codes.withUnsafeMutableBytes {
        unsafe encoder.writeCodes(of: 0..<UInt64(count), into: $0)
      }
      let each = (Usage.now - start).user / Double(count) * 1e9
      print("\(people): \(text(each)) ns a code")
    }
  }

  /// Reads all codes and does nothing else: the limit of a scan.
  static func stream(_ gallery: SketchGallery, _ arguments: Arguments) async throws {
    let piece = 1 << 16
    var best = Double.infinity
    for _ in 0..<arguments.repeats {
      let start = Usage.now
      let sink = Atomic<UInt64>(0)
      let pieces = Pieces(count: gallery.count, each: piece)
      try await pieces.run(threads: arguments.threads) { _, range in
        unsafe gallery.withCodes(range) { codes in
          var (a, b) = (SIMD8<UInt64>(), SIMD8<UInt64>())
          var i = 0
          while i + 128 <= codes.count {
            a ^= unsafe codes.loadUnaligned(fromByteOffset: i, as: SIMD8<UInt64>.self)
            b ^= unsafe codes.loadUnaligned(fromByteOffset: i + 64, as: SIMD8<UInt64>.self)
            i &+= 128
          }
          sink.bitwiseXor((a ^ b)[0], ordering: .relaxed)
        }
      }
      best = min(best, (Usage.now - start).wall)
    }
    print("stream read: \(text(best)) s, \(text(Double(gallery.byteCount) / best / 1e9)) GB/s")
  }

  static func peakKibibytes() -> Int { Usage.now.peak }
}

/// Identities in pieces, spread over threads.
struct Pieces {
  let count: Int
  let each: Int

  func run(threads: Int, _ body: @escaping @Sendable (Int, Range<Int>) -> Void) async throws {
    try await WorkerThreads.run(threads: threads, items: (count + each - 1) / each) {
      worker, item in
      body(worker, item * each..<min((item + 1) * each, count))
    }
  }
}

func text(_ x: Double) -> String {
  let scale = x.magnitude >= 100 ? 10.0 : x.magnitude >= 1 ? 1000 : 10_000
  return "\((x * scale).rounded() / scale)"
}

/// A line to standard error.
func tell(_ line: String) {
  var bytes = Array("\(line)\n".utf8)
  _ = unsafe write(2, &bytes, bytes.count)
}
