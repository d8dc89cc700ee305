// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import Matching
internal import Population

/// A bench of matchers: prepares them, judges each against exact search, then measures.
package struct MatchBench: Sendable {
  package typealias Observer = @Sendable (MatchProgress) -> Void

  /// A matcher ready to be made with any number of threads, and what it finds.
  struct Contender {
    let kind: MatcherKind
    let make: (_ threads: Int) -> any Matcher
    /// Its list for every probe of the pool.
    let lists: CandidateLists
    let agreement: SearchAgreement
    let bytesPerTemplate: Int
  }

  /// What all measurements share.
  struct Setting {
    let plan: MatchPlan
    let size: Int
    let dimension: Int
    let pool: ProbePool
    let contenders: [Contender]
    let limits: LimitBuffer
    let observer: Observer
  }

  /// Probes that share a search while agreement is judged.
  private static let judgedBatch = 256

  private let plan: MatchPlan
  private let gallery: BenchGallery
  private let observer: Observer

  package init(_ plan: MatchPlan, gallery: BenchGallery, observer: @escaping Observer) {
    self.plan = plan
    self.gallery = gallery
    self.observer = observer
  }

  /// Runs it. Cancelled while it measures, it gives what was finished; before that it throws.
  ///
  /// - Throws: `BenchmarkError`, `GalleryError`, `FileError`, `MatchingError`, `CancellationError`.
  package func run() async throws -> MatchResult {
    try plan.requireMemory(gallery)
    let (start, load) = (Usage.wallNow, Usage.load)
    var (result, setting) = try await prepared(load: load)
    switch plan.scenario {
    case .single, .offline: try await ClosedLoop(setting).run(into: &result)
    case .server: try await RateSearch(setting).run(into: &result)
    }
    result.limitHugeBytes = setting.limits.hugeBytes
    result.seconds = Double(Usage.wallNow - start) / 1e9
    result.loadAfter = Usage.load
    result.peakBytes = Usage.peakBytes
    return result
  }

  /// Galleries, probes, the reference's lists and each matcher's; what only the reference needs is
  /// given back.
  private func prepared(load: Double) async throws -> (MatchResult, Setting) {
    let size = gallery.size
    let ready: @Sendable (Int) -> Void = { [observer] in
      observer(.gallery(done: $0, total: size))
    }
    let source = try await gallery.templates(threads: plan.mostThreads, progress: ready)
    let pool = try pool(source)
    let reference = ExactMatcher(gallery: source, threads: plan.mostThreads)
    let total = pool.count * (1 + plan.matchers.count)
    let truth = try await lists(of: reference, pool, done: 0, total: total)
    let threshold = SearchAgreement.threshold(pool, reference: truth, fpir: plan.fpir)
    var contenders: [Contender] = []
    for (index, kind) in plan.matchers.enumerated() {
      let make = try await kind.factory(
        gallery, exact: source, threads: plan.mostThreads, listLength: plan.listLength,
        progress: ready)
      let found = try await lists(
        of: make(plan.mostThreads), pool, done: pool.count * (index + 1), total: total)
      contenders.append(
        Contender(
          kind: kind, make: make, lists: found,
          agreement: SearchAgreement(
            of: found, reference: truth, pool: pool, threshold: threshold),
          bytesPerTemplate: kind.bytesPerTemplate(dimension: gallery.dimension)))
    }
    let bytes = plan.limitBytes(gallery)
    let limits = try await LimitBuffer(bytes: bytes, threads: plan.mostThreads, seed: plan.seed)
    let result = MatchResult(
      plan: plan, gallery: source.description, exactMemory: gallery.exactMemory,
      reference: reference.information, probes: pool.origin, threshold: threshold,
      limitBytes: limits.byteCount, load: load)
    let setting = Setting(
      plan: plan, size: size, dimension: gallery.dimension, pool: pool, contenders: contenders,
      limits: limits, observer: observer)
    return (result, setting)
  }

  private func pool(_ source: any TemplateSource) throws -> ProbePool {
    if let path = plan.probes {
      return try ProbePool(file: path, dimension: gallery.dimension, limit: 2 * plan.judged)
    }
    guard let population = gallery.population else {
      return try ProbePool(
        rowsOf: source, count: plan.judged, cosine: plan.line.genuine.mode, seed: plan.seed)
    }
    return try ProbePool(
      population: population, size: gallery.size, each: plan.judged, line: plan.line,
      fpir: plan.fpir, seed: plan.seed)
  }

  private func lists(
    of matcher: any Matcher, _ pool: ProbePool, done: Int, total: Int
  ) async throws -> CandidateLists {
    var lists = CandidateLists()
    for first in stride(from: 0, to: pool.count, by: Self.judgedBatch) {
      let count = min(Self.judgedBatch, pool.count - first)
      lists.append(
        try await matcher.search(
          try pool.batch(from: first, count: count), k: plan.candidates, deadline: nil))
      observer(.judging(done: done + first + count, total: total))
    }
    return lists
  }
}
