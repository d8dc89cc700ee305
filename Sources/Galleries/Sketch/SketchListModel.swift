// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Glibc
package import Population
internal import Synchronization

/// How long a list must be: the share of a gallery that scores above a mate, or a false alarm.
///
/// Pairs are drawn, coded and scored by the tables of real probes. What share of the gallery stands above
/// the pair's code follows without a gallery: signs of strangers are even and independent, so the
/// distribution of their scores is a convolution of 124 two-valued steps and the typicality's cells,
/// computed exactly. 8,192 mates and as many false alarms: a recall of .995 is certain within .0008, one
/// standard error. Strangers only; relatives and demographic cells are not in it. Draws are of one seed,
/// so equal questions have equal answers. Some 0.3 s for a new population, then 0.2 s for each new
/// gallery size and FPIR.
package final class SketchListModel: Sendable {
  private static let pairs = 8_192
  /// Pairs of typicalities from which those of false alarms are picked.
  private static let trials = 1 << 17
  private static let models = Mutex<[PopulationDescription: SketchListModel]>([:])

  private struct Question: Hashable {
    var line: QualityLine?
    var fpir = 0.0
    var gallerySize = 0
  }

  private let population: Population
  private let encoder: SketchEncoder
  private let model: SketchModel
  private let tail = SphereTail(dimension: Population.latentDimension - 1)
  /// Shares of the gallery that score above a pair, ascending.
  private let shares = Mutex<[Question: [Double]]>([:])

  /// The model of a population's typicalities; one is kept for each.
  package static func of(_ description: PopulationDescription) -> SketchListModel {
    var plain = PopulationDescription(seed: 1)
    plain.typicalityMean = description.typicalityMean
    plain.typicalityDeviation = description.typicalityDeviation
    plain.typicalityMinimum = description.typicalityMinimum
    plain.typicalityMaximum = description.typicalityMaximum
    return models.withLock { models in
      if let known = models[plain] { return known }
      guard let population = try? Population(plain) else {
        fatalError("of a population that exists")
      }
      let model = SketchListModel(population)
      models[plain] = model
      return model
    }
  }

  private init(_ population: Population) {
    self.population = population
    encoder = SketchEncoder(population: population)
    model = SketchModel(population.description)
  }

  /// The share of a gallery of `gallerySize` that a list must hold for `recall`.
  package func share(for recall: SketchRecall, gallerySize: Int) -> Double {
    max(
      Self.quantile(mateShares(recall.line), recall.mates),
      Self.quantile(alarmShares(recall.fpir, gallerySize), recall.alarms))
  }

  /// The share of mates that are on a list of `share` of the gallery, failed captures left out.
  package func mateRecall(share: Double, line: QualityLine) -> Double {
    Self.cumulative(mateShares(line), share)
  }

  /// The share of false alarms at the threshold of this FPIR that are on it.
  package func alarmRecall(share: Double, fpir: Double, gallerySize: Int) -> Double {
    Self.cumulative(alarmShares(fpir, gallerySize), share)
  }

  private static func quantile(_ ascending: [Double], _ level: Double) -> Double {
    let place = Int((level * Double(ascending.count)).rounded(.up)) - 1
    return ascending[min(max(place, 0), ascending.count - 1)]
  }

  private static func cumulative(_ ascending: [Double], _ value: Double) -> Double {
    Double(ascending.count { $0 <= value }) / Double(max(ascending.count, 1))
  }

  private func kept(_ question: Question, _ make: () -> [Double]) -> [Double] {
    if let known = shares.withLock({ $0[question] }) { return known }
    // Outside the lock: two callers may draw the same, and get the same.
    let made = make().sorted()
    shares.withLock { $0[question] = made }
    return made
  }

  // MARK: - Pairs

  private func mateShares(_ line: QualityLine) -> [Double] {
    kept(Question(line: line)) {
      var (enrolled, probe) = (Self.latent, Self.latent)
      return (0..<UInt64(Self.pairs)).compactMap { identity in
        let cosine = unsafe probe.withUnsafeMutableBufferPointer {
          unsafe population.writeLatentCapture(of: identity, line: line, draw: 0, into: $0)
        }
        unsafe enrolled.withUnsafeMutableBufferPointer {
          unsafe population.writeLatent(of: identity, into: $0)
        }
        return cosine == nil ? nil : shareAbove(enrolled, probe)
      }
    }
  }

  /// False alarms: pairs of strangers at or above the threshold, a probe with many counted once.
  private func alarmShares(_ fpir: Double, _ gallerySize: Int) -> [Double] {
    kept(Question(fpir: fpir, gallerySize: gallerySize)) {
      let threshold = population.impostors.threshold(fpir: fpir, gallerySize: gallerySize)
      var random = SplitMix64(seed: 2)
      return alarmTypicalities(threshold, gallerySize, &random).map { a, b in
        let lengths = ((1 - a * a) * (1 - b * b)).squareRoot()
        let least = (threshold - a * b) / lengths
        let passing = tail.withFunction { $0(least) }
        let q = max(least, tail.quantile(passing * Self.uniform(&random)))
        let v = Self.direction(&random)
        let n = Self.direction(&random)
        let along = zip(v, n).reduce(0) { $0 + $1.0 * $1.1 }
        // Of n only what is orthogonal to v, at unit length.
        let side = ((1 - q * q) / (1 - along * along)).squareRoot()
        let w = zip(v, n).map { q * $0 + side * ($1 - along * $0) }
        let (restA, restB) = ((1 - a * a).squareRoot(), (1 - b * b).squareRoot())
        return shareAbove(
          [Float(a)] + v.map { Float(restA * $0) }, [Float(b)] + w.map { Float(restB * $0) })
      }
    }
  }

  /// Typicalities of template and probe in false alarms: drawn from a wide normal about the hubs, where
  /// alarms live, weighed by how likely such a pair is and passes, and picked by systematic resampling.
  private func alarmTypicalities(
    _ threshold: Double, _ gallerySize: Int, _ random: inout SplitMix64
  ) -> [(Double, Double)] {
    let description = population.description
    let typicality = { (z: Double) in
      min(
        max(
          description.typicalityMean + description.typicalityDeviation * z,
          description.typicalityMinimum), description.typicalityMaximum)
    }
    let (centre, width) = (1.5, 1.6)
    let rates = population.impostors.conditionalRates(threshold: threshold).map(\.rate)
    var drawn: [(a: Double, b: Double, total: Double)] = []
    var total = 0.0
    tail.withFunction { tail in
      for _ in 0..<Self.trials {
        let (s, t) = (Self.normal(&random), Self.normal(&random))
        let (x, y) = (centre + width * s, centre + width * t)
        let (a, b) = (typicality(x), typicality(y))
        let passing = tail((threshold - a * b) / ((1 - a * a) * (1 - b * b)).squareRoot())
        // The model's nodes are 0.02 deviations apart, from 7 below the mean on.
        let place = min(max(y / 0.02 + 350, 0), 699.999)
        let near = place - place.rounded(.down)
        let rate = rates[Int(place)] * (1 - near) + rates[Int(place) + 1] * near
        let alarms = Double(gallerySize) * rate
        let once = alarms > 1e-9 ? -expm1(-alarms) / alarms : 1
        total += exp((s * s + t * t - x * x - y * y) / 2) * passing * once
        drawn.append((a, b, total))
      }
    }
    var picked: [(Double, Double)] = []
    var next = 0
    for i in 0..<Self.pairs {
      let level = total * (Double(i) + 0.5) / Double(Self.pairs)
      while next < drawn.count - 1, drawn[next].total < level { next += 1 }
      picked.append((drawn[next].a, drawn[next].b))
    }
    return picked
  }

  private static let latent = [Float](repeating: 0, count: Population.latentDimension)

  /// Never 0 or 1.
  private static func uniform(_ random: inout SplitMix64) -> Double {
    (Double(random.next() >> 12) + 0.5) * 0x1p-52
  }

  private static func normal(_ random: inout SplitMix64) -> Double {
    sl_normal_quantile(uniform(&random))
  }

  private static func direction(_ random: inout SplitMix64) -> [Double] {
    let x = (1..<Population.latentDimension).map { _ in normal(&random) }
    let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return x.map { $0 / length }
  }

  // MARK: - Rank

  /// The share of a gallery of strangers whose codes score above that of `enrolled`: a list of that share
  /// holds it, since a list takes all of one score.
  private func shareAbove(_ enrolled: [Float], _ probe: [Float]) -> Double {
    let code = unsafe enrolled.withUnsafeBufferPointer { unsafe encoder.code(ofLatent: $0) }
    let ready = unsafe probe.withUnsafeBufferPointer {
      unsafe SketchProbe(latent: $0, model: model)
    }
    let above = ready.score(code) + 1
    return ready.distribution(cells: model.cells.shares)[min(above, 256)...].reduce(0, +)
  }
}

extension SketchProbe {
  /// The probability of each score, 0 to 255, over codes of strangers: even, independent signs, and cells
  /// with these shares.
  package func distribution(cells: [Double]) -> [Double] {
    let cellTable = 16 * (SketchCode.nibbleCount - 1)
    // A score's place is 256 further on, so that steps down always end in the array.
    var now = [Double](repeating: 0, count: 512)
    for (k, share) in cells.enumerated() { now[256 + Int(tables[cellTable + k])] += share }
    var next = now
    for j in 0..<SketchCode.signCount {
      let table = 16 * (j / 4)
      // One side adds nothing and the other the difference; entry 0 may hold other coordinates' steps.
      let step = abs(Int(tables[table + 1 << (j % 4)]) - Int(tables[table]))
      if step == 0 { continue }
      unsafe now.withUnsafeBufferPointer { now in
        unsafe next.withUnsafeMutableBufferPointer { next in
          for score in 256..<512 {
            unsafe next[score] = 0.5 * (now[score] + now[score &- step])
          }
        }
      }
      swap(&now, &next)
    }
    return Array(now[256...])
  }
}
