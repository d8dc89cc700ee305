// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import Glibc
internal import Matching
internal import Population

extension ClaimSpeed {
  /// Measures this machine on small galleries: a few seconds, and half a gigabyte of memory at a time.
  ///
  /// All galleries hold 256 MiB, more than caches do, so that what is measured is a pass over memory as
  /// in a large gallery. Each search is made once to warm up and then `rounds` times; the median counts.
  /// - Parameter bytes: of each gallery; tests take less.
  package static func trial(
    machine: Machine, threads: Int, bytes: Int = 1 << 28, rounds: Int = 5
  ) async throws -> ClaimSpeed {
    let population = Population(seed: 1)
    var engines: [Engine] = []
    do {
      let size = bytes / SketchCode.byteCount
      let codes = try await SketchGallery.build(
        population: population, size: size, threads: threads)
      engines.append(
        try await engine(
          SketchMatcher(gallery: codes, population: population, threads: threads), population,
          bytes: SketchCode.byteCount, batch: 64, rounds: rounds))
    }
    do {
      let quantized = try await QuantizedGallery.build(
        population: population, size: bytes / Population.dimension, threads: threads)
      engines.append(
        try await engine(
          Int8Matcher(gallery: quantized, rescorer: .population(population), threads: threads),
          population, bytes: Population.dimension + MemoryLayout<Float>.size, batch: 256,
          rounds: rounds))
    }
    do {
      let template = Population.dimension * MemoryLayout<Float>.size
      let rows = try await InMemoryGallery.build(
        population: population, size: bytes / template, threads: threads)
      engines.append(
        try await engine(
          ExactMatcher(gallery: rows, threads: threads), population, bytes: template, batch: 256,
          rounds: rounds))
    }
    return ClaimSpeed(
      source: "a trial on small galleries just now, medians of \(rounds) searches",
      machine: machine, engines: engines.reversed())
  }

  private static func engine(
    _ matcher: some Matcher, _ population: Population, bytes: Int, batch: Int, rounds: Int
  ) async throws -> Engine {
    let size = matcher.gallery.size
    // Strangers: at the thresholds of large galleries nearly all who pass are nobody's mate or one's.
    var probes: [ProbeBatch] = []
    var row = [Float](repeating: 0, count: Population.dimension)
    for count in [1, batch] {
      var some = ProbeBatch(capacity: count)
      for probe in 0..<count {
        unsafe row.withUnsafeMutableBufferPointer {
          _ = unsafe population.writeCapture(
            of: Population.firstStranger + UInt64(probe), line: .default, draw: 0, into: $0)
        }
        try some.append(row)
      }
      probes.append(some)
    }
    var wall: [Double] = []
    var cpu: [Double] = []
    for some in probes {
      var times: [(wall: Double, cpu: Double)] = []
      for round in 0...rounds {
        let (start, used) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
        _ = try await matcher.search(some, k: 50)
        let taken = (
          wall: seconds(CLOCK_MONOTONIC) - start, cpu: seconds(CLOCK_PROCESS_CPUTIME_ID) - used
        )
        if round > 0 { times.append(taken) }
      }
      let work = Double(size) * Double(some.count)
      wall.append(times.map(\.wall).sorted()[rounds / 2] / work)
      cpu.append(times.map(\.cpu).sorted()[rounds / 2] / work)
    }
    return Engine(
      name: matcher.information.name, bytesPerTemplate: bytes, measuredSize: size,
      threads: matcher.information.threads ?? 1, secondsAlone: wall[0], batch: batch,
      secondsInBatch: wall[1], cpuSecondsAlone: cpu[0], cpuSecondsInBatch: cpu[1])
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
