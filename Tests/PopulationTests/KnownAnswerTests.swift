// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Population
import Testing

/// The first ten templates of seed 1, so that a change of the generator cannot pass unseen and a program
/// in another language can be held against them.
@Suite("Known answers")
struct KnownAnswerTests {
  private struct Answers: Codable {
    var description: PopulationDescription
    /// Rounded to 1e-6.
    var templates: [[Double]]
    /// The 145 latent coordinates, rounded to 1e-6.
    var latents: [[Double]]
  }

  private static let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "KnownAnswers/population-seed-1.json")

  @Test("The first ten people of seed 1 are those committed")
  func firstTen() throws {
    let answers = try JSONDecoder().decode(Answers.self, from: Data(contentsOf: Self.path))
    let population = try Population(answers.description)
    #expect(answers.description == PopulationDescription(seed: 1))
    #expect(answers.templates.count == 10 && answers.latents.count == 10)
    for (identity, (template, latent)) in zip(answers.templates, answers.latents).enumerated() {
      for (rows, expected) in [
        (population.template(UInt64(identity)), template),
        (population.latent(UInt64(identity)), latent),
      ] {
        #expect(rows.count == expected.count)
        for (value, known) in zip(rows, expected) { #expect(near(Double(value), known, 6e-7)) }
      }
    }
  }
}
