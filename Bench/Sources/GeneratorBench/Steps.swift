// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import COpenBLAS
import Population

/// What is timed.
enum Step: String, CaseIterable {
  case words, latent, template, sgemm, people

  var title: String {
    switch self {
    case .words: "random numbers alone: 39 SplitMix64 words"
    case .latent: "latent form, 145 coordinates"
    case .template: "template, 512 coordinates"
    case .sgemm: "sgemm alone: 64 latent vectors x (145 x 512) a call"
    case .people: "latent form, with relatives and demographic cells"
    }
  }
}

/// The steps with their memory: outputs are written over and over, so that none leaves the cache.
struct Steps {
  static let block = 64

  let identities: Int
  let population: Population
  let people: Population
  var latents: [Float]
  var rows: [Float]
  /// The generator's map as the dense 145 x 512 matrix that it stands for.
  let matrix: [Float]
  /// Keeps the compiler from leaving out the words.
  var sink: UInt64 = 0

  init(identities: Int) throws {
    self.identities = identities
    population = Population(seed: 1)
    var description = PopulationDescription(seed: 1)
    description.relatives = Relatives(population: 1 << 31)
    description.cells = .uniform()
    people = try Population(description)
    latents = [Float](repeating: 0, count: Self.block * Population.latentDimension)
    rows = [Float](repeating: 0, count: Self.block * Population.dimension)
    guard let tables = unsafe sl_generator_create() else { fatalError("no memory") }
    var matrix: [Float] = []
    for axis in 0..<Population.latentDimension {
      var unit = [Float](repeating: 0, count: Population.latentDimension)
      var row = [Float](repeating: 0, count: Population.dimension)
      unit[axis] = 1
      unsafe sl_map_latent(tables, unit, &row)
      matrix += row
    }
    self.matrix = matrix
    writeLatents(of: population, from: 0)
  }

  mutating func run(_ step: Step) {
    for first in stride(from: 0, to: identities, by: Self.block) {
      switch step {
      case .words: drawWords(from: first)
      case .latent: writeLatents(of: population, from: first)
      case .people: writeLatents(of: people, from: first)
      case .template:
        unsafe rows.withUnsafeMutableBufferPointer {
          unsafe population.writeTemplates(
            of: UInt64(first)..<UInt64(first + Self.block), into: $0)
        }
      case .sgemm: multiply()
      }
    }
  }

  private mutating func drawWords(from first: Int) {
    for identity in first..<first + Self.block {
      var state = SplitMix64(
        seed: population.description.seed, domain: .identity, identity: UInt64(identity)
      ).state
      for _ in 0..<Int(SL_IDENTITY_WORDS) { sink ^= unsafe sl_splitmix64(&state) }
    }
  }

  private mutating func writeLatents(of population: Population, from first: Int) {
    let count = Population.latentDimension
    unsafe latents.withUnsafeMutableBufferPointer { buffer in
      for i in 0..<Self.block {
        unsafe population.writeLatent(
          of: UInt64(first + i), into: .init(rebasing: buffer[i * count..<(i + 1) * count]))
      }
    }
  }

  private mutating func multiply() {
    let (inner, outer) = (Int32(Population.latentDimension), Int32(Population.dimension))
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(Self.block), outer, inner, 1, latents, inner,
      matrix, outer, 0, &rows, outer)
  }
}
