// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Matching
internal import Population
internal import SystemPackage

/// Searches of people who are not enrolled and whose relative is: what twins and siblings do, which
/// searches of strangers cannot show.
///
/// So many for each kind of relative, or as many as the nation has. Kept whole for each point.
struct KinSearch {
  /// People looked at to find probes, for one kind.
  private static let tries = 20_000_000
  /// Streams of where to begin; beyond the population's own domains.
  private static let domain = SplitMix64.Domain(number: 102)

  /// What one search gave.
  private struct Found: Codable {
    /// The best score; -2 for a failed capture.
    var best: Float
    /// The relative's score where it came first, else -2.
    var relative: Float
  }

  private struct Record: Codable {
    static let currentFormat = 1

    var formatVersion = Self.currentFormat
    var searches: SHA256Digest
    var found: [String: [Found]]
  }

  let plan: AccuracyPlan
  let point: AccuracyPoint
  let population: Population
  let condition: CaptureCondition

  private var digest: SHA256Digest {
    SHA256Digest(of: "kin=\(plan.kin ?? 0)\n" + plan.canonicalText(of: point))
  }

  private func path(_ folder: AccuracyFolder) -> FilePath {
    folder.outcomesPath.appending(plan.id(of: point) + ".kin.json")
  }

  private func read(_ folder: AccuracyFolder) -> Record? {
    guard let bytes = try? WholeFile.read(path(folder), limit: 1 << 28),
      let record = try? AccuracyFolder.decoder.decode(Record.self, from: Data(bytes)),
      record.formatVersion == Record.currentFormat, record.searches == digest
    else { return nil }
    return record
  }

  /// Whether the plan asks for these searches and the folder lacks them.
  func isMissing(in folder: AccuracyFolder) -> Bool { plan.kin != nil && read(folder) == nil }

  /// Makes and keeps the searches.
  func search(
    in folder: AccuracyFolder, _ matcher: any Matcher, progress: (_ done: Int, _ total: Int) -> Void
  ) async throws {
    let pairs = Kinship.allCases.map { kind in (kind, probes(kind)) }
    let total = pairs.reduce(0) { $0 + $1.1.count }
    var record = Record(searches: digest, found: [:])
    var done = 0
    for (kind, probes) in pairs {
      var all: [Found] = []
      let size = point.matcher.batch
      for start in stride(from: 0, to: probes.count, by: size) {
        try Task.checkCancellation()
        all += try await search(Array(probes[start..<min(start + size, probes.count)]), matcher)
        done += min(size, probes.count - start)
        progress(done, total)
      }
      record.found[kind.rawValue] = all
    }
    try WholeFile.write(Array(try AccuracyFolder.encoder.encode(record)), to: path(folder))
  }

  /// People outside the gallery with a relative of this kind in it, from a place that the seed gives. Looked
  /// for from the smaller side, so that few have to be looked at.
  private func probes(_ kind: Kinship) -> [(probe: UInt64, relative: UInt64)] {
    guard let relatives = population.description.relatives else { return [] }
    let size = UInt64(point.gallerySize)
    guard size < relatives.population else { return [] }
    let outside = relatives.population - size
    let isInside = size <= outside
    let (first, count) = isInside ? (0, size) : (size, outside)
    var stream = SplitMix64(
      seed: plan.probeSeed, domain: Self.domain, identity: UInt64(kind.rawValue.utf8.count))
    let start = stream.next().multipliedFullWidth(by: count).high
    var found: [(UInt64, UInt64)] = []
    for step in 0..<min(count, UInt64(Self.tries)) where found.count < plan.kin ?? 0 {
      let one = first + (start + step) % count
      guard let other = population.relatives(of: one).first(where: { $0.kind == kind })?.identity,
        isInside ? other >= size : other < size
      else { continue }
      found.append(isInside ? (other, one) : (one, other))
    }
    return found
  }

  private func search(
    _ probes: [(probe: UInt64, relative: UInt64)], _ matcher: any Matcher
  ) async throws -> [Found] {
    var batch = ProbeBatch(dimension: Population.dimension)
    var row = [Float](repeating: 0, count: Population.dimension)
    var captured: [Bool] = []
    for (probe, _) in probes {
      let cosine = unsafe row.withUnsafeMutableBufferPointer {
        unsafe population.writeCapture(
          of: probe, line: point.line, condition: condition, draw: plan.probeSeed, into: $0)
      }
      captured.append(cosine != nil)
      if cosine != nil { try batch.append(row) }
    }
    let lists = try await matcher.search(batch, k: plan.k)
    var found: [Found] = []
    var place = 0
    for (pair, captured) in zip(probes, captured) {
      guard captured else {
        found.append(Found(best: -2, relative: -2))
        continue
      }
      let first = Array(lists[place]).first
      place += 1
      found.append(
        Found(
          best: first?.score ?? -2,
          relative: first?.subject == pair.relative ? first?.score ?? -2 : -2))
    }
    return found
  }

  /// What the searches kept in the folder show; `nil` where there are none.
  func figures(
    in folder: AccuracyFolder, _ operating: [AccuracyResult.OperatingPoint]
  ) -> [AccuracyResult.Kin]? {
    guard plan.kin != nil, let record = read(folder),
      let relatives = population.description.relatives
    else { return nil }
    return Kinship.allCases.compactMap { kind in
      guard let found = record.found[kind.rawValue], !found.isEmpty else { return nil }
      return AccuracyResult.Kin(
        kind: kind, searches: found.count,
        operating: operating.map { one in
          AccuracyResult.KinPoint(
            targetFpir: one.targetFpir, threshold: one.threshold,
            alarms: .init(found.count { $0.best >= one.threshold }, of: found.count),
            namedRelative: .init(found.count { $0.relative >= one.threshold }, of: found.count),
            expected: population.impostors.relativeScoreRate(
              threshold: Double(one.threshold), kind: kind, relatives: relatives, line: point.line,
              condition: condition))
        })
    }
  }
}
