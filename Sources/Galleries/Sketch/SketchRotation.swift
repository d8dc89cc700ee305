// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Population

/// Codes for vectors that no population explains: coordinates learned from a sample.
///
/// The first principal component of the centred sample has 16 cells of its own; the next 124, mixed by a
/// random rotation so that every sign carries alike, give their signs. The format of a code is that of
/// the population's. For benchmarks: such a gallery never meets a feed.
@safe package struct SketchRotation: Hashable, Codable, Sendable {
  /// Version of this record; a later one must be refused.
  package static let currentFormat = 1
  private static let projections = Int(SL_PROJECTIONS)
  private static let used = SketchCode.signCount + 1
  private static let rounds = 12
  private static let compared = 96

  package let formatVersion: Int
  /// Coordinates of a vector.
  package let dimension: Int
  /// Mean of the sample.
  package let mean: [Float]
  /// Coordinate *i*'s share in projection *k*, at 128 *i* + *k*: 0 the first component, then the signs'.
  package let basis: [Float]
  /// The 15 bounds of the first component's cells: quantiles of the sample.
  package let bounds: [Float]
  /// Mean of the first component in each cell.
  package let centres: [Double]
  /// Mean magnitude of each of the 124 mixed components, times the gain learned with them.
  package let magnitudes: [Double]

  /// Learns from `rows`, vectors of `dimension` one after another; some thousands do. The rotation
  /// depends on nothing but these arguments. O(rows * dimension^2 + dimension^3).
  /// - Throws: `badRows` unless there is a whole number of rows, two or more, all finite.
  package init(
    learningFrom rows: UnsafeBufferPointer<Float>, dimension: Int, seed: UInt64 = 1
  ) throws(GalleryError) {
    guard dimension >= 1, rows.count % dimension == 0, rows.count >= 2 * dimension else {
      throw GalleryError(
        .badRows, "\(rows.count) floats are not two or more rows of \(dimension) coordinates")
    }
    guard unsafe rows.allSatisfy(\.isFinite) else {
      throw GalleryError(.badRows, "a sample to learn from must be finite; leave such rows out")
    }
    let count = rows.count / dimension
    var mean = [Double](repeating: 0, count: dimension)
    var covariance = [Double](repeating: 0, count: dimension * dimension)
    unsafe sl_covariance(rows.baseAddress, count, dimension, &mean, &covariance)
    let components = Self.components(covariance, dimension, seed: seed)
    let basis = Self.mixed(components, dimension, seed: seed)
    let floatMean = mean.map { Float($0) }

    var first: [Float] = []
    var some: [[Float]] = []
    var sums = [Double](repeating: 0, count: SketchCode.signCount)
    var projected = [Float](repeating: 0, count: Self.projections)
    for row in 0..<count {
      unsafe sl_project(
        rows.baseAddress.map { unsafe $0 + row * dimension }, dimension, floatMean, basis,
        &projected)
      first.append(projected[0])
      if row % max(count / Self.compared, 1) == 0 { some.append(projected) }
      for j in 0..<SketchCode.signCount { sums[j] += Double(projected[1 + j].magnitude) }
    }
    first.sort()
    let bounds = (1..<SketchCells.count).map { first[$0 * count / SketchCells.count] }
    formatVersion = Self.currentFormat
    self.dimension = dimension
    self.mean = floatMean
    self.basis = basis
    self.bounds = bounds
    centres = Self.centres(of: first, bounds)
    let means = sums.map { $0 / Double(count) }
    let gain = Self.gain(some, means)
    magnitudes = means.map { $0 * gain }
  }

  /// Signs of unequal spectra depend on one another, so that their mean magnitudes promise too little or
  /// too much: the slope of true inner products over promised ones, between rows of the sample.
  private static func gain(_ rows: [[Float]], _ magnitudes: [Double]) -> Double {
    var (product, square) = (0.0, 0.0)
    for i in rows.indices {
      for j in rows.indices where j != i {
        var (truth, promise) = (0.0, 0.0)
        for k in magnitudes.indices {
          let (x, y) = (Double(rows[i][1 + k]), Double(rows[j][1 + k]))
          truth += x * y
          promise += y < 0 ? -x * magnitudes[k] : x * magnitudes[k]
        }
        product += truth * promise
        square += promise * promise
      }
    }
    return square > 0 ? product / square : 1
  }

  /// Leading principal components, by orthogonal iteration from random starts: the first vector converges
  /// to the first component, all of them to the leading subspace, in which they are mixed anyway.
  private static func components(
    _ covariance: [Double], _ dimension: Int, seed: UInt64
  ) -> [Double] {
    var generator = SplitMix64(seed: SplitMix64.mixed(seed))
    var vectors = (0..<used * dimension).map { _ in normal(&generator) }
    var spare = [Double](repeating: 0, count: dimension)
    unsafe sl_orthonormalize(&vectors, used, dimension)
    for _ in 0..<rounds {
      unsafe sl_multiply(covariance, dimension, &vectors, used, &spare)
      unsafe sl_orthonormalize(&vectors, used, dimension)
    }
    return vectors
  }

  /// The first component as it is and the others under a random rotation, transposed for `sl_project`.
  private static func mixed(_ components: [Double], _ dimension: Int, seed: UInt64) -> [Float] {
    let signs = min(used, dimension) - 1
    var generator = SplitMix64(seed: SplitMix64.mixed(~seed))
    var turn = (0..<signs * signs).map { _ in normal(&generator) }
    unsafe sl_orthonormalize(&turn, signs, signs)
    var basis = [Float](repeating: 0, count: dimension * projections)
    for i in 0..<dimension {
      basis[i * projections] = Float(components[i])
      for k in 0..<signs {
        var sum = 0.0
        for j in 0..<signs { sum += turn[k * signs + j] * components[(1 + j) * dimension + i] }
        basis[i * projections + 1 + k] = Float(sum)
      }
    }
    return basis
  }

  private static func normal(_ generator: inout SplitMix64) -> Double {
    sl_normal_quantile((Double(generator.next() >> 12) + 0.5) * 0x1p-52)
  }

  private static func centres(of sorted: [Float], _ bounds: [Float]) -> [Double] {
    var sums = [Double](repeating: 0, count: SketchCells.count)
    var counts = [Double](repeating: 0, count: SketchCells.count)
    for value in sorted {
      let cell = bounds.count { value >= $0 }
      sums[cell] += Double(value)
      counts[cell] += 1
    }
    // A cell without a sample (equal bounds) is as good as the bound beside it.
    return (0..<SketchCells.count).map { k in
      counts[k] > 0 ? sums[k] / counts[k] : Double(bounds[min(k, bounds.count - 1)])
    }
  }

  /// Writes the codes of `rows`, vectors of `dimension` one after another, 16 bytes each. NaN counts as
  /// positive, and as the lowest cell.
  package func writeCodes(
    of rows: UnsafeBufferPointer<Float>, into codes: UnsafeMutableRawBufferPointer
  ) {
    precondition(rows.count % dimension == 0, "rows must be whole")
    let count = rows.count / dimension
    precondition(codes.count == count * SketchCode.byteCount, "the codes must just fit")
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.projections) { projected in
      for row in 0..<count {
        unsafe sl_project(
          rows.baseAddress.map { unsafe $0 + row * dimension }, dimension, mean, basis,
          projected.baseAddress)
        unsafe sl_sketch_of_latent(
          projected.baseAddress, bounds,
          codes.baseAddress?.advanced(by: row * SketchCode.byteCount)
            .assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  /// A probe of `dimension` finite coordinates. Its estimate is of the inner product: that with the
  /// sample's mean, and what cell and signs say of the rest; what lies outside 125 components counts as 0.
  package func probe(_ vector: UnsafeBufferPointer<Float>) -> SketchProbe {
    precondition(vector.count == dimension, "a probe has the dimension of the rows")
    var projected = [Float](repeating: 0, count: Self.projections)
    unsafe sl_project(vector.baseAddress, dimension, nil, basis, &projected)
    var constant = 0.0
    for i in 0..<dimension { unsafe constant += Double(vector[i]) * Double(mean[i]) }
    return SketchProbe(
      signs: (0..<SketchCode.signCount).map { Double(projected[1 + $0]) * magnitudes[$0] },
      cells: centres.map { $0 * Double(projected[0]) }, constant: constant,
      rests: [Double](repeating: 1, count: SketchCells.count), pivot: 0)
  }
}
