// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Population
import Testing

@Suite struct RotationTests {
  /// Unit vectors of 512 in 25 clusters, with a falling spectrum of rank 145 and a mean of their own.
  struct Clusters {
    let generator = sl_generator_create()
    var random = SplitMix64(seed: 99)
    var centres: [[Float]] = []

    init() { for _ in 0..<25 { centres.append(drawn(spread: 0.6)) } }

    mutating func drawn(spread: Float) -> [Float] {
      (0..<145).map { j in
        let z = sl_normal_quantile((Double(random.next() >> 12) + 0.5) * 0x1p-52)
        return Float(z) * spread / (1 + Float(j) / 24)
      }
    }

    mutating func row() -> [Float] {
      let centre = centres[Int(random.next() % 25)]
      let own = drawn(spread: 1)
      return mapped(zip(centre, own).enumerated().map { $1.0 + $1.1 + ($0 == 3 ? 1.5 : 0) })
    }

    func mapped(_ latent: [Float]) -> [Float] {
      var row = [Float](repeating: 0, count: 512)
      if let generator { sl_map_latent(generator, latent, &row) }
      return RotationTests.unit(row)
    }
  }

  static func unit(_ row: [Float]) -> [Float] {
    let norm = row.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    return row.map { $0 / norm }
  }

  static func dot(_ a: [Float], _ b: [Float]) -> Double { sl_exact_dot(a, b, a.count) }

  @Test("On clustered vectors estimates follow the cosines, and mates come first")
  func clusters() throws {
    var clusters = Clusters()
    let sample = (0..<800).map { _ in clusters.row() }
    let rotation = try sample.flatMap(\.self).withUnsafeBufferPointer {
      try SketchRotation(learningFrom: $0, dimension: 512)
    }
    let rows = (0..<400).map { _ in clusters.row() }
    var bytes = [UInt8](repeating: 0, count: 400 * 16)
    rows.flatMap(\.self).withUnsafeBufferPointer { rows in
      bytes.withUnsafeMutableBytes { rotation.writeCodes(of: rows, into: $0) }
    }
    let codes = bytes.withUnsafeBytes { bytes in
      (0..<400).map { i in
        SketchCode(bytes: UnsafeRawBufferPointer(rebasing: bytes[16 * i..<16 * i + 16]))
      }
    }
    var (n, x, y, xx, yy, xy, ahead) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
    for mate in 0..<60 {
      // A probe at cosine 0.8 or so: the mate and noise of the same spectrum.
      let noise = clusters.row()
      let vector = Self.unit(zip(rows[mate], noise).map { $0 + 0.5 * $1 })
      let probe = vector.withUnsafeBufferPointer { rotation.probe($0) }
      let scores = codes.map { probe.score($0) }
      ahead += scores.count { $0 > scores[mate] }
      for i in 0..<400 where i != mate {
        let (cosine, estimate) = (Self.dot(vector, rows[i]), probe.estimate(codes[i]))
        n += 1
        x += cosine
        y += estimate
        xx += cosine * cosine
        yy += estimate * estimate
        xy += cosine * estimate
      }
    }
    let covariance = xy / n - x * y / n / n
    let varianceOfCosine: Double = xx / n - x * x / n / n
    let varianceOfEstimate: Double = yy / n - y * y / n / n
    let correlation = covariance / (varianceOfCosine * varianceOfEstimate).squareRoot()
    let slope = covariance / varianceOfEstimate
    let bias = (y - x) / n
    #expect(correlation > 0.88)
    #expect((slope - 1).magnitude < 0.1)
    #expect(bias.magnitude < 0.02)
    #expect(ahead < 60 * 4)
  }

  @Test("Few coordinates, equal rows and one row twice are learned without harm")
  func small() throws {
    let flat = [Float](repeating: 0.5, count: 6 * 3)
    let rotation = try flat.withUnsafeBufferPointer {
      try SketchRotation(learningFrom: $0, dimension: 3)
    }
    var codes = [UInt8](repeating: 0, count: 6 * 16)
    flat.withUnsafeBufferPointer { rows in
      codes.withUnsafeMutableBytes { rotation.writeCodes(of: rows, into: $0) }
    }
    for i in 1..<6 { #expect(codes[16 * i..<16 * i + 16].elementsEqual(codes[0..<16])) }
    let axis: [Float] = [1, 0, 0]
    let probe = axis.withUnsafeBufferPointer { rotation.probe($0) }
    let code = codes.withUnsafeBytes {
      SketchCode(bytes: UnsafeRawBufferPointer(rebasing: $0[0..<16]))
    }
    #expect((probe.estimate(code) - 0.5).magnitude < 1e-6)
  }

  @Test("What cannot be learned from is refused")
  func refused() {
    for rows: [Float] in [[], [1, 2], [1, 2, 3], [1, .nan, 3, 4], [1, .infinity, 3, 4]] {
      let error = #expect(throws: GalleryError.self) {
        try rows.withUnsafeBufferPointer {
          try SketchRotation(learningFrom: $0, dimension: 2)
        }
      }
      #expect(error?.code == .badRows)
    }
  }
}
