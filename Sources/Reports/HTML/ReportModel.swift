// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Glibc
internal import Population

/// The closed form on a grid of gallery sizes and thresholds, for the page to interpolate: what its
/// sliders show where nothing was measured.
///
/// `FNIR(N, T) = below(T) + over(N, T)`: mates below the threshold and failed captures, and mates above it
/// that a stranger outranks. Logarithms of all three are nearly straight between grid points.
struct ReportModel: Encodable, Hashable {
  /// Rates of one line, shape and condition.
  struct Genuine: Encodable, Hashable {
    let line: String
    let condition: String
    let shape: String
    /// Cosine between values of `below`, which begins where the grid does.
    let step: Double
    let below: [Double]
    /// By gallery size, then by threshold.
    let over: [[Double]]
  }

  static let hundredths = 20...80
  private static let fine = 0.0025

  let sizes: [Int]
  /// The first threshold, and the distance to the next.
  let from: Double
  let step: Double
  /// By gallery size, then by threshold.
  let fpir: [[Double]]
  let genuine: [Genuine]

  /// - Parameters:
  ///   - measured: sizes to have on the grid beside three a decade from 1e3 to 1e10.
  ///   - lines: lines and conditions, without repetition.
  init(
    _ model: ImpostorModel, measured: [Int], lines: [(QualityLine, CaptureCondition)]
  ) {
    let even = (9...30).map { Int(pow(10, Double($0) / 3).rounded()) }
    sizes = Set(even + measured + [PublishedLine.sizes.small, PublishedLine.sizes.large]).sorted()
    from = Double(Self.hundredths.lowerBound) / 100
    step = 0.01
    let rates = sizes.map { model.fpirs(atHundredths: Self.hundredths, gallerySize: $0) }
    fpir = rates.map { $0.map(Self.rounded) }
    genuine = lines.flatMap { line, condition in
      // The shape simulated first, then the other, which fits the data behind the model as well.
      let other: GenuineDistribution.Shape = line.genuine.shape == .gumbel ? .gaussian : .gumbel
      return [line, line.with(other)].compactMap { $0 }.map { line in
        Self.genuine(line, condition, rates)
      }
    }
  }

  private static func genuine(
    _ line: QualityLine, _ condition: CaptureCondition, _ rates: [[Double]]
  ) -> Genuine {
    let distribution = condition.genuine(line)
    let captured = 1 - distribution.failureRate
    let (first, last) = (Double(hundredths.lowerBound) / 100, Double(hundredths.upperBound) / 100)
    let below = stride(from: first, through: last + fine / 2, by: fine).map {
      rounded(distribution.failureRate + captured * distribution.cumulative($0))
    }
    return Genuine(
      line: line.name, condition: condition.description, shape: line.genuine.shape.rawValue,
      step: fine, below: below,
      over: rates.map { overtaken($0, distribution).map { rounded(captured * $0) } })
  }

  /// The integral of FPIR(g) over genuine scores g from each threshold on: trapezoids of a thousandth,
  /// from above, with ln FPIR straight between grid points.
  private static func overtaken(_ rates: [Double], _ genuine: GenuineDistribution) -> [Double] {
    let parts = 10
    let width = 0.01 / Double(parts)
    var out = [Double](repeating: 0, count: rates.count)
    var sum = 0.0
    for cell in (0..<rates.count - 1).reversed() {
      let (low, high) = (log(max(rates[cell], 1e-300)), log(max(rates[cell + 1], 1e-300)))
      let start = Double(hundredths.lowerBound + cell) / 100
      let value = { (part: Int) -> Double in
        let t = Double(part) / Double(parts)
        return exp(low + t * (high - low)) * genuine.density(start + t * 0.01)
      }
      for part in 0..<parts { sum += (value(part) + value(part + 1)) / 2 * width }
      out[cell] = sum
    }
    return out
  }

  /// Four digits, which is more than a pixel; nothing of what nobody could count.
  private static func rounded(_ value: Double) -> Double {
    guard value >= 1e-12 else { return 0 }
    let scale = pow(10, 3 - log10(value).rounded(.down))
    return (value * scale).rounded() / scale
  }
}
