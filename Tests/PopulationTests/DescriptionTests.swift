// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Population
import Testing

@Suite("Population descriptions")
struct DescriptionTests {
  private static let full: PopulationDescription = {
    var description = PopulationDescription(seed: .max)
    description.typicalityDeviation = 0.1
    description.relatives = Relatives(population: 1_400_000_000, siblings: 0.3)
    description.cells = .zipf()
    return description
  }()

  private func json(_ description: PopulationDescription) throws -> String {
    String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
  }

  private func read(_ text: String) throws -> PopulationDescription {
    try JSONDecoder().decode(PopulationDescription.self, from: Data(text.utf8))
  }

  @Test("A description survives JSON whole", arguments: [PopulationDescription(seed: 1), full])
  func roundTrip(_ description: PopulationDescription) throws {
    let back = try read(try json(description))
    #expect(back == description)
    #expect(back.digest == description.digest)
  }

  @Test("Relatives and cells make it format 2; without them it stays format 1")
  func formats() {
    #expect(PopulationDescription(seed: 1).formatVersion == 1)
    #expect(Self.full.formatVersion == 2)
    #expect(!PopulationDescription(seed: 1).canonicalText.contains("relatives"))
  }

  @Test("A later format or generator is refused, told as such")
  func later() throws {
    let text = try json(PopulationDescription(seed: 1))
    for field in ["formatVersion", "generatorVersion"] {
      let later = text.replacing("\"\(field)\":1", with: "\"\(field)\":9")
      #expect(later != text)
      #expect {
        try read(later)
      } throws: { error in
        (error as? PopulationError)?.code == .newerVersion
      }
    }
  }

  @Test("A changed field, a format that does not fit and a missing field are refused")
  func damaged() throws {
    let text = try json(PopulationDescription(seed: 1))
    let full = try json(Self.full)
    for (from, to, whole) in [
      ("\"seed\":1", "\"seed\":2", text), ("\"typicalityMean\"", "\"typicalityMeen\"", text),
      ("\"formatVersion\":2", "\"formatVersion\":1", full),
      ("\"formatVersion\":1", "\"formatVersion\":2", text),
      ("\"population\":1400000000", "\"population\":1400000001", full),
    ] {
      let damaged = whole.replacing(from, with: to)
      #expect(damaged != whole)
      #expect(throws: DecodingError.self) { try read(damaged) }
    }
  }

  @Test("Every field is in the digest")
  func digests() {
    var digests: Set<SHA256Digest> = [Self.full.digest]
    let changes: [(inout PopulationDescription) -> Void] = [
      { $0.seed = 1 }, { $0.typicalityMean = 0 }, { $0.typicalityMinimum = 0 },
      { $0.relatives = nil }, { $0.relatives?.population = 2 }, { $0.relatives?.deviation = 0 },
      { $0.relatives?.identicalTwin.prevalence = 0 }, { $0.relatives?.sibling.mean = 0 },
      { $0.cells = nil }, { $0.cells?.common = 0 }, { $0.cells?.weights[63] = 0 },
    ]
    for change in changes {
      var description = Self.full
      change(&description)
      digests.insert(description.digest)
    }
    #expect(digests.count == changes.count + 1)
  }

  @Test("Relatives and cells that cannot be are refused")
  func impossible() {
    let changes: [(inout PopulationDescription) -> Void] = [
      { $0.relatives?.population = 1 }, { $0.relatives?.population = 1 << 41 },
      { $0.relatives?.sibling.prevalence = 0.99 }, { $0.relatives?.sibling.prevalence = -0.1 },
      { $0.relatives?.identicalTwin.mean = 1.2 }, { $0.relatives?.deviation = .nan },
      { $0.cells?.weights = [] }, { $0.cells?.weights = [0, 0] }, { $0.cells?.weights = [1, -1] },
      { $0.cells?.common = 1 }, { $0.cells?.weights = [.infinity] },
    ]
    for change in changes {
      var description = Self.full
      change(&description)
      #expect(throws: PopulationError.self) { try Population(description) }
    }
  }
}
