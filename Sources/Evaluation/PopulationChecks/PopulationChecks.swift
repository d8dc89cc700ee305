// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// The check figures of the population model, run against the generator and the closed forms.
///
/// Tests and `sightline population check` share this code. Everything is seeded and reproducible up to
/// the rounding of float32 scores.
package struct PopulationChecks: Sendable {
  /// Numbers of the checks that take more than seconds: searches of 100,000 and 1.6 million.
  package static let heavy: Set<Int> = [8, 9, 10]
  package static let all = 1...21
  /// The heavy checks as rows of a table that leaves them out.
  package static let heavyNotRun = [
    PopulationCheck(8, "FPIR at N = 100,000, 8,000 non-mated probes", []),
    PopulationCheck(9, "N = 100,000, line C, 20,000 mated probes", []),
    PopulationCheck(10, "N = 1.6 million, line C, 20,000 mated probes", []),
  ]

  let population: Population
  let threads: Int
  var model: ImpostorModel { population.impostors }

  /// Checks of the default population with this seed. Chance alone takes one seed in some twenty past one
  /// of the tolerances: with two to three standard deviations each, not all can hold for all seeds.
  package init(seed: UInt64 = 1, threads: Int = 1) {
    population = Population(seed: seed)
    self.threads = threads
  }

  /// Runs some checks and gives them in order; `progress` hears the title of each that begins.
  package func run(
    _ numbers: some Sequence<Int>, progress: (@Sendable (String) -> Void)? = nil
  ) async throws -> [PopulationCheck] {
    let wanted = Set(numbers)
    var found: [PopulationCheck] = []
    for (title, offered, body) in groups where !wanted.isDisjoint(with: offered) {
      progress?(title)
      found += try await body(self).filter { wanted.contains($0.number) }
    }
    return found.sorted { $0.number < $1.number }
  }

  // Checks that share their samples are made together.
  private typealias Body = @Sendable (PopulationChecks) async throws -> [PopulationCheck]
  private var groups: [(String, ClosedRange<Int>, Body)] {
    [
      ("scores of strangers", 1...2, { $0.strangers() }),
      ("tail of strangers' scores", 3...5, { try await $0.tail() }),
      ("genuine scores", 6...7, { $0.genuine() }),
      ("non-mated searches of 100,000", 8...8, { try await $0.nonMatedSearches() }),
      ("mated searches of 100,000 and 1.6 million", 9...10, { try await $0.matedSearches() }),
      ("closed forms", 11...15, { $0.closedForms() }),
      ("nested galleries", 16...16, { try await $0.nested() }),
      ("twins", 17...17, { try $0.twins() }),
      ("conditions", 18...19, { $0.conditions() }),
      ("hubs", 20...20, { try await $0.hubs() }),
      ("files", 21...21, { try $0.files() }),
    ]
  }
}
