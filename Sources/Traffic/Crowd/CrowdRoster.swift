// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// Who sets out next, and who they are.
///
/// Everybody walks once before anybody walks again, in an order that is shuffled within sixteenths of
/// the crowd: so two walks of one person lie at least 15/16 of the crowd's other walks apart, and nobody
/// is in two places.
struct CrowdRoster: Sendable {
  private static let parts = 16

  let people: Int
  let enrolled: Int
  private let seed: UInt64
  private let mix: Bijection
  private let seats: Bijection
  private let gallerySize: Int

  init(people: Int, enrolled: Int, gallerySize: Int, seed: UInt64) {
    self.people = people
    self.enrolled = enrolled
    self.gallerySize = gallerySize
    self.seed = seed
    mix = Bijection(people, seed: seed, key: 1 << 62)
    seats = Bijection(gallerySize, seed: seed, key: 1 << 62 + 1)
  }

  /// Walks of others that lie between two walks of one person, at least.
  var leastBetween: Int { people - partSize }

  private var partSize: Int { (people + Self.parts - 1) / Self.parts }

  /// The person of walk number `walk`, from 0.
  func person(walk: Int) -> Int {
    let (round, position) = walk.quotientAndRemainder(dividingBy: people)
    let (part, place) = position.quotientAndRemainder(dividingBy: partSize)
    let first = part * partSize
    let size = min(partSize, people - first)
    let shuffle = Bijection(size, seed: seed, key: UInt64(round) << 8 | UInt64(part))
    return first + shuffle(place)
  }

  /// Who that is: below the gallery's size when enrolled.
  func identity(of person: Int) -> (identity: UInt64, isEnrolled: Bool) {
    let rank = mix(person)
    return rank < enrolled
      ? (UInt64(seats(rank)), true) : (Population.firstStranger + UInt64(rank), false)
  }
}

/// A one-to-one shuffle of 0 ..< count: i goes to i x step + offset modulo the count.
private struct Bijection: Sendable {
  private let count: UInt64
  private let step: UInt64
  private let offset: UInt64

  init(_ count: Int, seed: UInt64, key: UInt64) {
    let size = UInt64(count)
    var draws = TrafficDraws(seed: seed, .roster, key)
    offset = draws.below(size)
    // Near the golden section, so that neighbours come far apart; coprime, so that nobody is left out.
    var step = max(1, UInt64(Double(size) * draws.within(0.60, 0.64)))
    while Self.divisor(step, size) != 1 { step += 1 }
    self.step = step
    self.count = size
  }

  func callAsFunction(_ index: Int) -> Int {
    let (high, low) = UInt64(index).multipliedFullWidth(by: step)
    let product = count.dividingFullWidth((high, low)).remainder
    let (sum, carried) = product.addingReportingOverflow(offset)
    return Int(carried || sum >= count ? sum &- count : sum)
  }

  private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
