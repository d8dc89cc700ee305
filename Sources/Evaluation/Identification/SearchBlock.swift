// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Matching
internal import Population

/// Some probes searched together.
struct SearchBlock {
  private var batch = ProbeBatch(dimension: Population.dimension)
  private var blank: [SearchOutcome] = []

  /// Draws the probes; those whose capture failed are not searched.
  init(_ searches: LabelledSearches, _ probes: Range<Int>) throws {
    var (row, template) = (
      [Float](repeating: 0, count: Population.dimension),
      [Float](repeating: 0, count: Population.dimension)
    )
    for probe in probes {
      let (subject, isMated) = (searches.subject(probe), searches.isMated(probe))
      let captured = unsafe row.withUnsafeMutableBufferPointer {
        unsafe searches.write(probe, into: $0)
      }
      var score: Float?
      if captured {
        try batch.append(row)
        if isMated {
          unsafe template.withUnsafeMutableBufferPointer {
            unsafe searches.population.writeTemplate(of: subject, into: $0)
          }
          score = unsafe Float(sl_exact_dot(row, template, Population.dimension))
        }
      }
      blank.append(
        SearchOutcome(
          subject: subject, isMated: isMated, failed: !captured, mateScore: score, candidates: []))
    }
  }

  /// Searches; gives the outcomes and what the search took.
  func outcomes(
    _ matcher: any Matcher, k: Int
  ) async throws -> (outcomes: [SearchOutcome], usage: OutcomeUsage) {
    try await outcomes { try await matcher.search($0, k: k) }
  }

  /// The same by a search of one's own.
  func outcomes(
    _ search: (ProbeBatch) async throws -> CandidateLists
  ) async throws -> (outcomes: [SearchOutcome], usage: OutcomeUsage) {
    let start = ProcessUsage.now
    let lists = try await search(batch)
    let end = ProcessUsage.now
    var (outcomes, searched) = (blank, 0)
    for index in outcomes.indices where !outcomes[index].failed {
      outcomes[index].candidates = Array(lists[searched])
      searched += 1
    }
    var usage = OutcomeUsage()
    usage.wallNanoseconds = end.wall - start.wall
    usage.cpuNanoseconds = end.cpu - start.cpu
    usage.searched = searched
    return (outcomes, usage)
  }
}
