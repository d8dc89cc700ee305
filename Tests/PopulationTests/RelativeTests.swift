// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Population
import Testing

@Suite("Relatives")
struct RelativeTests {
  private static func nation(_ size: UInt64, seed: UInt64 = 1) throws -> Population {
    var description = PopulationDescription(seed: seed)
    description.relatives = Relatives(
      population: size, identicalTwins: 0.1, sameSexTwins: 0.2, differentSexTwins: 0.05,
      siblings: 0.4)
    return try Population(description)
  }

  @Test(
    "Relations are mutual, never to oneself, and as many as the prevalence says",
    arguments: [2, 3, 100, 1023, 1024, 1025, 50_000] as [UInt64])
  func mutual(_ size: UInt64) throws {
    let nation = try Self.nation(size)
    var counts: [Kinship: Int] = [:]
    for identity in 0..<size {
      let relatives = nation.relatives(of: identity)
      #expect(relatives.count <= 1)
      for relative in relatives {
        #expect(relative.identity < size && relative.identity != identity)
        #expect(
          nation.relatives(of: relative.identity)
            == [Relative(identity: identity, kind: relative.kind)])
        counts[relative.kind, default: 0] += 1
      }
    }
    for kind in Kinship.allCases {
      let prevalence = nation.description.relatives?[kind].prevalence ?? 0
      #expect(counts[kind, default: 0] == 2 * Int(prevalence * Double(size) / 2))
    }
  }

  @Test("A gallery of part of the nation holds a relative with the probability of its coverage")
  func coverage() throws {
    let nation = try Self.nation(200_000)
    for coverage in [0.05, 0.5] {
      let enrolled = UInt64(coverage * 200_000)
      var (related, both) = (0, 0)
      for identity in 0..<enrolled {
        guard let relative = nation.relatives(of: identity).first else { continue }
        related += 1
        if relative.identity < enrolled { both += 1 }
      }
      #expect(near(Double(related) / Double(enrolled), 0.75, 0.02))
      let deviation = (2 * coverage * (1 - coverage) / Double(related)).squareRoot()
      #expect(near(Double(both) / Double(related), coverage, 4 * deviation))
      #expect(nation.description.relatives?.coverage(gallerySize: Int(enrolled)) == coverage)
    }
  }

  @Test("Those outside the nation have no relatives, nor has anybody by default")
  func outside() throws {
    let nation = try Self.nation(1000)
    #expect(nation.relatives(of: 1000).isEmpty)
    #expect(nation.relatives(of: Population.firstStranger).isEmpty)
    #expect(Population(seed: 1).relatives(of: 3).isEmpty)
  }

  @Test("Directions of relatives have the cosines of their kind, and typicalities go along")
  func likeness() throws {
    let nation = try Self.nation(60_000)
    for (kind, mean) in [
      (Kinship.identicalTwin, 0.76), (.sameSexTwin, 0.61), (.differentSexTwin, 0.24),
      (.sibling, 0.45),
    ] {
      var cosines: [Double] = []
      var (a, b): ([Double], [Double]) = ([], [])
      for identity in 0..<60_000 as Range<UInt64> {
        guard let relative = nation.relatives(of: identity).first, relative.kind == kind,
          relative.identity > identity
        else { continue }
        let (x, y) = (nation.latent(identity), nation.latent(relative.identity))
        #expect(near(dot(x, x), 1, 1e-6))
        #expect(near(dot(y, y), 1, 1e-6))
        a.append(Double(x[0]))
        b.append(Double(y[0]))
        let rest = ((1 - a[a.count - 1] * a[a.count - 1]) * (1 - b[b.count - 1] * b[b.count - 1]))
          .squareRoot()
        cosines.append((dot(x, y) - a[a.count - 1] * b[b.count - 1]) / rest)
      }
      let (average, deviation, _, _) = momentsOf(cosines)
      #expect(near(average, mean, kind == .identicalTwin ? 0.008 : 0.012))
      #expect(near(deviation, 0.10, 0.008))
      let (meanA, deviationA, _, _) = momentsOf(a + b)
      #expect(near(meanA, 0.15, 0.01))
      #expect(near(deviationA, 0.13, 0.006))
      let product = zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanA) }
      #expect(near(product / Double(a.count) / (deviationA * deviationA), 0.8, 0.04))
    }
  }

  @Test("People without relatives, and the anchors of families, are those of the plain population")
  func anchors() throws {
    let nation = try Self.nation(10_000)
    let plain = Population(seed: 1)
    var changed = 0
    for identity in 0..<10_000 as Range<UInt64> {
      let same = nation.latent(identity) == plain.latent(identity)
      if nation.relatives(of: identity).isEmpty { #expect(same) }
      if !same { changed += 1 }
    }
    // One of each pair is derived from the other.
    #expect(changed == 3750)
  }

  @Test("Templates, ranges of templates and captures of relatives agree with one another")
  func consistent() throws {
    var description = PopulationDescription(seed: 3)
    description.relatives = Relatives(population: 500, identicalTwins: 0.4)
    description.cells = .uniform(count: 3)
    let nation = try Population(description)
    var rows = [Float](repeating: 0, count: 100 * 512)
    rows.withUnsafeMutableBufferPointer { nation.writeTemplates(of: 0..<100, into: $0) }
    for identity in 0..<100 as Range<UInt64> {
      let template = nation.template(identity)
      #expect(Array(rows[Int(identity) * 512..<Int(identity + 1) * 512]) == template)
      let other = nation.template(99 - identity)
      #expect(
        near(dot(template, other), dot(nation.latent(identity), nation.latent(99 - identity)), 1e-6)
      )
      let capture = nation.capture(identity, .c, draw: 5)
      guard let cosine = capture.cosine else { continue }
      #expect(near(dot(capture.row, template), cosine, 1e-6))
    }
  }

  @Test("The bits of relatives and cells are those of generator version 1")
  func golden() throws {
    var description = PopulationDescription(seed: 1)
    description.relatives = Relatives(population: 1000)
    let rows = (0..<1000).flatMap { [population = try Population(description)] in
      population.latent($0)
    }
    let digest = rows.withUnsafeBytes { SHA256Digest(of: $0) }
    #expect(digest.hex == Self.digestOfRelatives)
    description.cells = .zipf()
    let cells = try Population(description)
    let more = (0..<1000).flatMap { cells.latent($0) }
    #expect(more.withUnsafeBytes { SHA256Digest(of: $0) }.hex == Self.digestOfCells)
    #expect(description.digest.hex == Self.digestOfDescription)
  }

  private static let digestOfRelatives =
    "932c3ddcbeaf9fc1c67df1598b53062b69abaf2ca999be6c9fd6dd034f9e83de"
  private static let digestOfCells =
    "66eb2e00bffa4c6ea9e256e03fc9c04905917b581937cc6683eb7740caf07439"
  private static let digestOfDescription =
    "401e54885fa7364d2cd64ed68918cce2f47bebcd9c065e008b015f3c5015e337"
}
