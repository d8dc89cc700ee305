// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

// What relatives add to the alarms: the specification's arithmetic, not part of the fitted model.
extension ImpostorModel {
  /// Probability that a capture of somebody scores `threshold` or more against the template of a
  /// relative of this kind; `line` nil for an enrolled photo as the probe, with which the cosine of the
  /// directions is the relatives' own.
  ///
  /// With q the capture's and r the relatives' agreement, the directions' cosine is
  /// `q r + sqrt(1 - q^2) sqrt(1 - r^2) S`, S of two uniform directions in one dimension less. Dense
  /// sums over both typicalities, r and q: some 0.1 s. Failed captures count as strangers', so as none.
  package func relativeScoreRate(
    threshold: Double, kind: Kinship, relatives: Relatives, line: QualityLine?,
    condition: CaptureCondition = .enrolment
  ) -> Double {
    let genuine = line.map { condition.genuine($0) }
    var captures: [(cosine: Double, weight: Double)] = [(1, 1)]
    if let genuine {
      let (low, high) = (genuine.support.lowerBound, genuine.support.upperBound)
      let steps = 48
      captures = (0...steps).map { i in
        let g = low + (high - low) * Double(i) / Double(steps)
        return (min(g, 1), genuine.density(g))
      }
      let total = captures.reduce(0) { $0 + $1.weight }
      for i in captures.indices { captures[i].weight /= total }
    }
    let normal = (-24...24).map { i -> (z: Double, weight: Double) in
      let z = Double(i) * 0.25
      return (z, exp(-z * z / 2) * 0.25 / (2 * Double.pi).squareRoot())
    }
    let degree = relatives[kind]
    let alike = normal.map { node -> (r: Double, side: Double, weight: Double) in
      let r = min(max(degree.mean + relatives.deviation * node.z, -0.99), 0.99)
      return (r, (1 - r * r).squareRoot(), node.weight)
    }
    let model = description
    let clipped = { (a: Double) in min(max(a, model.typicalityMinimum), model.typicalityMaximum) }
    let tail = SphereTail(dimension: model.directionDimension - 1)
    let passed = tail.withFunction { tail -> Double in
      var sum = 0.0
      for first in normal {
        let a = clipped(model.typicalityMean + model.typicalityDeviation * first.z)
        for second in normal {
          let b = clipped(
            model.typicalityMean + 0.8 * (a - model.typicalityMean)
              + 0.6 * model.typicalityDeviation * second.z)
          let needed = (threshold - a * b) / ((1 - a * a) * (1 - b * b)).squareRoot()
          for capture in captures {
            let q = min(max((capture.cosine - a * a) / (1 - a * a), -1), 1)
            let side = (1 - q * q).squareRoot()
            let weight = first.weight * second.weight * capture.weight
            if weight < 1e-13 { continue }
            for node in alike {
              let spread = side * node.side
              let excess = needed - q * node.r
              let share = spread > 1e-9 ? tail(excess / spread) : excess <= 0 ? 1 : 0
              sum += weight * node.weight * share
            }
          }
        }
      }
      return sum
    }
    return (1 - (genuine?.failureRate ?? 0)) * passed
  }

  /// What relatives of one kind add to FPIR: the share of people who have such a relative enrolled, times
  /// the probability that its score passes. To be added to `fpir` as long as both are small.
  package func relativeAlarms(
    threshold: Double, gallerySize: Int, kind: Kinship, relatives: Relatives, line: QualityLine?,
    condition: CaptureCondition = .enrolment
  ) -> Double {
    relatives[kind].prevalence * relatives.coverage(gallerySize: gallerySize)
      * relativeScoreRate(
        threshold: threshold, kind: kind, relatives: relatives, line: line, condition: condition)
  }
}
