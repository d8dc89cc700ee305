// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

extension PopulationChecks {
  private func strangers(_ count: Int) -> LatentRows {
    LatentRows(population, Population.firstStranger..<Population.firstStranger + UInt64(count))
  }

  /// Captures of line C of the first `count` people, and the scores with their own templates; a failed
  /// capture scores as it comes.
  private func mated(_ count: Int) -> (probes: LatentRows, scores: [Float]) {
    let probes = unsafe LatentRows(count: count) { i, row in
      _ = unsafe population.writeLatentCapture(of: UInt64(i), line: .c, draw: 0, into: row)
    }
    let templates = LatentRows(population, 0..<UInt64(count))
    return (probes, (0..<count).map { probes.product($0, templates, $0) })
  }

  private func rate(_ hits: some Sequence<Bool>) -> Double {
    var (count, total) = (0, 0)
    for hit in hits {
      total += 1
      if hit { count += 1 }
    }
    return Double(count) / Double(max(total, 1))
  }

  func nonMatedSearches() async throws -> [PopulationCheck] {
    let best = try await LatentSearch.bestNonMates(
      population, sizes: [100_000], probes: strangers(8_000), mates: nil, threads: threads)[0]
    let fpir = { (threshold: Float) in rate(best.map { $0 >= threshold }) }
    return [
      PopulationCheck(
        8, "FPIR at N = 100,000, 8,000 non-mated probes",
        [
          Figure("T = .482", 0.003, within: 0.002, decimals: 4, measured: fpir(0.482)),
          Figure("T = .4606", 0.010, within: 0.0035, decimals: 4, measured: fpir(0.4606)),
          Figure("T = .4151", 0.100, within: 0.010, decimals: 4, measured: fpir(0.4151)),
        ], note: Self.latent)
    ]
  }

  private static let latent = "in the 145 latent coordinates, where cosines are the same"

  func matedSearches() async throws -> [PopulationCheck] {
    let (probes, own) = mated(20_000)
    let best = try await LatentSearch.bestNonMates(
      population, sizes: [100_000, 1_600_000], probes: probes, mates: Array(0..<20_000),
      threads: threads)
    let miss = { (level: Int) in rate(zip(own, best[level]).map { $0 <= $1 }) }
    let fnir = { (level: Int, threshold: Float) in
      rate(zip(own, best[level]).map { $0 < threshold || $0 <= $1 })
    }
    let threshold = Float(model.threshold(fpir: 0.003, gallerySize: 1_600_000))
    return [
      PopulationCheck(
        9, "N = 100,000, line C, 20,000 mated probes",
        [
          Figure("rank-1 miss", 0.0007, within: 0.0006, decimals: 4, measured: miss(0)),
          Figure(
            "FNIR at .482", 0.0053, within: 0.0016, decimals: 4, measured: fnir(0, 0.482)),
        ], note: Self.latent),
      PopulationCheck(
        10, "N = 1.6 million, line C, 20,000 mated probes",
        [
          Figure("rank-1 miss", 0.0014, within: 0.0008, decimals: 4, measured: miss(1)),
          Figure(
            "FNIR at FPIR .003", 0.0170, within: 0.003, decimals: 4,
            measured: fnir(1, threshold)),
        ], note: Self.latent),
    ]
  }

  /// The same 600 strangers and 600 captures against four nested galleries.
  func nested() async throws -> [PopulationCheck] {
    let sizes = [1_000, 4_000, 16_000, 64_000]
    let alarms = try await LatentSearch.bestNonMates(
      population, sizes: sizes, probes: strangers(600), mates: nil, threads: threads)
    let (probes, own) = mated(600)
    let best = try await LatentSearch.bestNonMates(
      population, sizes: sizes, probes: probes, mates: Array(0..<600), threads: threads)
    var falls = 0
    var last: (threshold: Float, miss: Double, fnir: Double) = (-2, 0, 0)
    for level in sizes.indices {
      // The lowest score at which six of the 600 alarm.
      let threshold = alarms[level].sorted(by: >)[5]
      let miss = rate(zip(own, best[level]).map { $0 <= $1 })
      let fnir = rate(zip(own, best[level]).map { $0 < threshold || $0 <= $1 })
      falls += (threshold < last.threshold ? 1 : 0) + (miss < last.miss ? 1 : 0)
      falls += (fnir < last.fnir ? 1 : 0) + (fnir < miss ? 1 : 0)
      last = (threshold, miss, fnir)
    }
    return [
      PopulationCheck(
        16, "nested galleries: T, rank-1 miss and FNIR never fall, FNIR >= rank-1 miss",
        [Figure("exceptions", 0, within: 0, decimals: 0, measured: Double(falls))],
        note: "N = 1,000 to 64,000; 600 probes of each sort")
    ]
  }
}
