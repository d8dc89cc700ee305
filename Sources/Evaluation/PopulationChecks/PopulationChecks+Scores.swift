// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population

extension PopulationChecks {
  typealias Figure = PopulationCheck.Figure

  /// Mean, standard deviation, skew and excess kurtosis.
  static func moments(
    _ values: [Double]
  ) -> (mean: Double, deviation: Double, skew: Double, kurtosis: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    var (second, third, fourth) = (0.0, 0.0, 0.0)
    for value in values {
      let d = value - mean
      second += d * d
      third += d * d * d
      fourth += d * d * d * d
    }
    second /= count
    return (
      mean, second.squareRoot(), third / count / (second * second.squareRoot()),
      fourth / count / (second * second) - 3
    )
  }

  func strangers() -> [PopulationCheck] {
    var scores: [Double] = []
    for first in stride(from: 0 as UInt64, to: 800_000, by: 2000) {
      let rows = LatentRows(population, first..<first + 2000)
      for i in stride(from: 0, to: 2000, by: 2) {
        scores.append(Double(rows.product(i, rows, i + 1)))
      }
    }
    let moments = Self.moments(scores)
    return [
      PopulationCheck(
        1, "impostor mean and deviation, 400,000 pairs",
        [
          Figure("mean", 0.0225, within: 0.001, decimals: 4, measured: moments.mean),
          Figure("deviation", 0.0863, within: 0.001, decimals: 4, measured: moments.deviation),
        ]),
      PopulationCheck(
        2, "excess kurtosis of impostor scores",
        [Figure("kurtosis", 0, within: 0.05, decimals: 3, measured: moments.kurtosis)]),
    ]
  }

  /// All pairs of 14,000 strangers with as many enrolled people.
  func tail() async throws -> [PopulationCheck] {
    let side = 14_000
    let lowest: Float = 0.27
    let probes = LatentRows(
      population, Population.firstStranger..<Population.firstStranger + UInt64(side))
    let workers = (0..<threads).map { _ in LatentSearch.Gathered<[Float]>([]) }
    try await LatentSearch.scan(population, size: side, probes: probes, threads: threads) {
      worker, scores in
      scores.above(lowest) { _, score in workers[worker].value.append(score) }
    }
    let scores = workers.flatMap(\.value).sorted(by: >)
    let pairs = Double(side * side)
    let threshold = { (rate: Double) in Double(scores[Int(rate * pairs)]) }
    let above = Double(scores.prefix { $0 >= 0.35 }.count) / pairs
    let sampled = threshold(1e-3)
    return [
      PopulationCheck(
        3, "T at FMR 1e-3, 1.96e8 pairs",
        [
          Figure("T", 0.289, within: 0.003, decimals: 4, measured: sampled),
          Figure("ArcFace", 0.28, within: 0.015, decimals: 4, measured: sampled),
        ]),
      PopulationCheck(
        4, "T at FMR 1e-4 and 1e-5, 1.96e8 pairs",
        [
          Figure("1e-4", 0.342, within: 0.004, decimals: 4, measured: threshold(1e-4)),
          Figure("1e-5", 0.389, within: 0.006, decimals: 4, measured: threshold(1e-5)),
        ]),
      PopulationCheck(
        5, "FMR at .35, Monte Carlo over closed form",
        [
          Figure(
            "ratio", 1, within: 0.1, decimals: 3, measured: above / model.fmr(at: 0.35))
        ]),
    ]
  }

  func genuine() -> [PopulationCheck] {
    var row = [Float](repeating: 0, count: Population.latentDimension)
    let scores = { (count: UInt64, line: QualityLine) -> [Double] in
      (0..<count).compactMap { identity in
        unsafe row.withUnsafeMutableBufferPointer {
          unsafe population.writeLatentCapture(of: identity, line: line, draw: 0, into: $0)
        }
      }
    }
    let moments = Self.moments(scores(20_000, .c))
    var flawless = QualityLine.c.genuine
    flawless.failureRate = 0
    let sorted = scores(100_000, QualityLine(name: "C without failures", genuine: flawless))
      .sorted()
    let slope = log(30) / (sorted[3000] - sorted[100])
    return [
      PopulationCheck(
        6, "genuine scores, line C, 20,000",
        [
          Figure("mean", 0.623, within: 0.001, decimals: 4, measured: moments.mean),
          Figure("deviation", 0.038, within: 0.001, decimals: 4, measured: moments.deviation),
          Figure("skew", -1.14, within: 0.1, decimals: 2, measured: moments.skew),
        ]),
      PopulationCheck(
        7, "genuine tail: slope of ln F from .001 to .03",
        [Figure("1/scale", 33.7, within: 33.7 * 0.08, decimals: 1, measured: slope)]),
    ]
  }

  /// 20,000 captures of people with a relative of each kind, against the relative's template.
  func twins() throws -> [PopulationCheck] {
    let wanted = 20_000
    var description = population.description
    description.relatives = Relatives(
      population: 240_000, identicalTwins: 0.25, sameSexTwins: 0.25, differentSexTwins: 0.25,
      siblings: 0.25)
    let nation = try Population(description)
    var passed: [Kinship: (count: Int, of: Int)] = [:]
    for identity in 0..<240_000 as Range<UInt64> {
      guard let relative = nation.relatives(of: identity).first,
        passed[relative.kind, default: (0, 0)].of < wanted
      else { continue }
      let rows = unsafe LatentRows(count: 2) { i, row in
        if i == 0 {
          _ = unsafe nation.writeLatentCapture(of: identity, line: .c, draw: 0, into: row)
        } else {
          unsafe nation.writeLatent(of: relative.identity, into: row)
        }
      }
      passed[relative.kind, default: (0, 0)].of += 1
      if rows.product(0, rows, 1) >= 0.342 { passed[relative.kind, default: (0, 0)].count += 1 }
    }
    let share = { (kind: Kinship) -> Double in
      let (count, of) = passed[kind] ?? (0, 0)
      return Double(count) / Double(max(of, 1))
    }
    return [
      PopulationCheck(
        17, "relatives above T(FMR 1e-4) = .342, line C, 20,000 a kind",
        [
          Figure(
            "identical", 0.954, in: 0.88...0.995, decimals: 3, measured: share(.identicalTwin)),
          Figure("same sex", 0.731, in: 0.62...0.85, decimals: 3, measured: share(.sameSexTwin)),
          Figure(
            "different sex", 0.034, in: 0.02...0.08, decimals: 3,
            measured: share(.differentSexTwin)),
        ],
        note: "siblings, with an assumed mean cosine of .45: \(fixed(share(.sibling), 3)) (.32)")
    ]
  }

  /// The skew of how often an enrolled person is among a probe's ten best: 20,000 enrolled, 4,000 probes.
  func hubs() async throws -> [PopulationCheck] {
    var level = population.description
    level.typicalityDeviation = 0
    let without = try await occurrenceSkew(try Population(level))
    let with = try await occurrenceSkew(population)
    return [
      PopulationCheck(
        20, "hubs: skew of 10-occurrence, s_a = .13 over s_a = 0",
        [Figure("ratio", 4.05 / 0.68, in: 3...100, decimals: 1, measured: with / without)],
        note: "skews \(fixed(with, 2)) and \(fixed(without, 2)); 20,000 enrolled, 4,000 probes")
    ]
  }

  private func occurrenceSkew(_ population: Population) async throws -> Double {
    let (size, count, best) = (20_000, 4_000, 10)
    let probes = LatentRows(
      population, Population.firstStranger..<Population.firstStranger + UInt64(count))
    // One list a probe and worker, by falling score.
    let workers = (0..<threads).map { _ in
      LatentSearch.Gathered([[(row: Int, score: Float)]](repeating: [], count: count))
    }
    try await LatentSearch.scan(population, size: size, probes: probes, threads: threads) {
      worker, scores in
      var list = workers[worker].value[scores.probe]
      scores.above(list.count < best ? -2 : list[best - 1].score) { row, score in
        let place = list.firstIndex { score > $0.score } ?? list.count
        guard place < best else { return }
        list.insert((row, score), at: place)
        if list.count > best { list.removeLast() }
      }
      workers[worker].value[scores.probe] = list
    }
    var occurrences = [Double](repeating: 0, count: size)
    for probe in 0..<count {
      let lists = workers.flatMap { $0.value[probe] }.sorted { $0.score > $1.score }
      for entry in lists.prefix(best) { occurrences[entry.row] += 1 }
    }
    return Self.moments(occurrences).skew
  }
}
