// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Matching
internal import Population

/// The search of one tier of one visit.
package struct VisitSearch: Hashable, Sendable {
  /// Best first, as a matcher lists them.
  package let candidates: [Candidate]
  /// The mate's score; `nil` for a stranger and for a capture that failed.
  package let mate: Double?
  /// The best of the others'; `nil` where there are none.
  package let stranger: Double?
}

/// Draws what searches would find in a gallery that is not there.
struct VisitSearches: Sendable {
  let population: Population
  let scores: StrangerScores
  let gallerySize: Int
  let listed: Int
  let seed: UInt64

  /// The typicality's row of an identity. Some .2 microseconds.
  func node(of identity: UInt64) -> Int {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.latentDimension) {
      latent in
      unsafe population.writeLatent(of: identity, into: latent)
      return unsafe scores.node(Double(latent[0]))
    }
  }

  /// The search of one capture of `identity`. The mate's score is that of the population's own capture
  /// number `draw`, and the strangers' follow from that number as well.
  ///
  /// Which strangers they are is drawn evenly from the gallery, those of `told` left out: in truth
  /// people of high typicality would be named more often.
  func search(
    identity: UInt64, isEnrolled: Bool, node: Int, line: QualityLine, condition: CaptureCondition,
    draw: UInt64, told: ToldSubjects, scratch: inout [Double]
  ) -> VisitSearch {
    var draws = TrafficDraws(seed: seed, .search, identity, draw)
    var mate: Double?
    if isEnrolled {
      mate = unsafe withUnsafeTemporaryAllocation(
        of: Float.self, capacity: Population.latentDimension
      ) { latent in
        unsafe population.writeLatentCapture(
          of: identity, line: line, condition: condition, draw: draw, into: latent)
      }
    }
    let strangers = gallerySize - (isEnrolled ? 1 : 0)
    scores.draw(listed, of: strangers, node: node, &draws, into: &scratch)
    var list: [Candidate] = []
    list.reserveCapacity(listed + 1)
    for score in scratch {
      // A gallery of almost nobody may have nobody left.
      guard let subject = stranger(of: identity, list, told, &draws) else { break }
      list.append(Candidate(subject: subject, score: Float(score)))
    }
    if let mate {
      let entry = Candidate(subject: identity, score: Float(mate))
      list.insert(entry, at: list.firstIndex { entry.precedes($0) } ?? list.count)
      if list.count > listed { list.removeLast() }
    }
    return VisitSearch(candidates: list, mate: mate, stranger: scratch.first)
  }

  private func stranger(
    of identity: UInt64, _ list: [Candidate], _ told: ToldSubjects, _ draws: inout TrafficDraws
  ) -> UInt64? {
    for _ in 0..<64 {
      let subject = draws.below(UInt64(gallerySize))
      if subject != identity, !told.contains(subject),
        !list.contains(where: { $0.subject == subject })
      {
        return subject
      }
    }
    return nil
  }
}

/// Whom a camera has told of lately, each until they may be told of anew.
///
/// Nobody else is given such a name meanwhile: sightings of one subject that touch each other would join
/// or keep each other silent, which only the whole state machine could tell.
struct ToldSubjects: Sendable {
  private var entries: [(subject: UInt64, until: Int64)] = []

  func contains(_ subject: UInt64) -> Bool { entries.contains { $0.subject == subject } }

  mutating func add(_ subject: UInt64, until: Int64) { entries.append((subject, until)) }

  mutating func forget(before time: Int64) { entries.removeAll { $0.until < time } }
}
