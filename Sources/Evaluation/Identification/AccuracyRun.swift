// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import Matching
package import Population

/// Labelled searches of every point of a plan, kept as they come, and what they show.
package struct AccuracyRun: Sendable {
  /// How far a run is.
  package enum Progress: Sendable {
    /// Templates drawn into the gallery of a point.
    case gallery(point: Int, done: Int, total: Int)
    /// Probes of a point that are done, and how many of them were done in an earlier session.
    case searches(point: Int, done: Int, total: Int, before: Int)
    /// Exact searches that an approximate matcher is held against.
    case reference(point: Int, done: Int, total: Int)
    /// Searches of relatives of enrolled people.
    case kin(point: Int, done: Int, total: Int)
  }

  package let plan: AccuracyPlan
  package let population: Population
  package let threads: Int
  /// Probes searched together; `nil` for what suits the matcher.
  package var batch: Int?

  package init(_ plan: AccuracyPlan, population: Population, threads: Int, batch: Int? = nil) {
    precondition(plan.population == population.digest, "the plan is another population's")
    self.plan = plan
    self.population = population
    self.threads = threads
    self.batch = batch
  }

  /// Makes the searches that `folder` lacks, and counts.
  ///
  /// `progress` may be called from several threads at once.
  /// - Throws: `EvaluationError` with code `interrupted` when the task is cancelled, with all finished
  ///   batches kept; errors of galleries, matchers and files.
  package func execute(
    in folder: AccuracyFolder, software: AccuracyResult.Software, machine: AccuracyResult.Machine,
    progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> AccuracyResult {
    let forecast = AccuracyForecast(population)
    let searched = try await search(in: folder, progress)
    // The galleries are gone by now: exact search draws its own, and a stored one may fill the memory.
    var points: [AccuracyResult.Point] = []
    for (index, (outcomes, record)) in searched.enumerated() {
      let point = plan.points[index]
      let condition = try point.captureCondition()
      var exact: [Float]?
      if plan.reference != nil, !record.matcher.isExact {
        do {
          exact = try await reference(index, condition, folder, progress)
        } catch is CancellationError {
          throw interrupted(index, outcomes, folder)
        }
      }
      var result = PointAnalysis(plan: plan, point: point, condition: condition, forecast: forecast)
        .result(
          outcomes.outcomes, usage: outcomes.usage, gallery: record.gallery,
          matcher: record.matcher, listLength: record.listLength, exact: exact)
      let cohorts = AccuracyResult.Cohort.all(
        outcomes.outcomes, population: population, gallerySize: point.gallerySize,
        room: min(plan.k, point.gallerySize),
        operating: result.operating.map { ($0.targetFpir, $0.threshold) })
      result.cohorts = cohorts.isEmpty ? nil : cohorts
      result.kin = kin(point, condition).figures(in: folder, result.operating)
      points.append(result)
    }
    return AccuracyResult(
      plan: plan, planDigest: plan.digest, software: software, machine: machine, points: points,
      outlook: try outlook(forecast), notes: AccuracyNotes.notes(plan, points))
  }

  /// The searches of every point, those that `folder` lacks made now.
  private func search(
    in folder: AccuracyFolder, _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> [(OutcomeFile, AccuracyFolder.PointRecord)] {
    var galleries = PreparedGalleries(population: population, threads: threads)
    var searched: [(OutcomeFile, AccuracyFolder.PointRecord)] = []
    for (index, point) in plan.points.enumerated() {
      let outcomes = try folder.outcomes(of: point, plan)
      var record = folder.record(of: point, plan)
      let kin = kin(point, try point.captureCondition())
      if record == nil || outcomes.outcomes.count < plan.mated + plan.nonMated
        || kin.isMissing(in: folder)
      {
        do {
          record = try await search(
            index, point.captureCondition(), outcomes, folder, &galleries, progress)
        } catch is CancellationError {
          throw interrupted(index, outcomes, folder)
        } catch let error as GalleryError where error.code == .cancelled {
          throw interrupted(index, outcomes, folder)
        }
      }
      guard let record else { preconditionFailure("a search leaves a record") }
      searched.append((outcomes, record))
    }
    return searched
  }

  private func kin(_ point: AccuracyPoint, _ condition: CaptureCondition) -> KinSearch {
    KinSearch(plan: plan, point: point, population: population, condition: condition)
  }

  private func interrupted(
    _ index: Int, _ outcomes: OutcomeFile, _ folder: AccuracyFolder
  ) -> EvaluationError {
    EvaluationError(
      .interrupted,
      "interrupted at point \(index + 1) of \(plan.points.count) after \(outcomes.outcomes.count) of "
        + "its \(plan.mated + plan.nonMated) searches; all are kept in \(folder.path), and the same "
        + "command goes on from there")
  }

  /// Searches the probes of a point that are still to be searched.
  private func search(
    _ index: Int, _ condition: CaptureCondition, _ file: OutcomeFile, _ folder: AccuracyFolder,
    _ galleries: inout PreparedGalleries, _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> AccuracyFolder.PointRecord {
    let point = plan.points[index]
    let start = ProcessUsage.now
    let (matcher, listLength) = try await galleries.matcher(point) { done, total in
      progress(.gallery(point: index, done: done, total: total))
    }
    let took = galleries.lastNanoseconds ?? ProcessUsage.now.wall - start.wall
    let record = AccuracyFolder.PointRecord(
      gallery: matcher.gallery, matcher: matcher.information, listLength: listLength)
    if let known = folder.record(of: point, plan), !file.outcomes.isEmpty {
      // A default may differ between versions, and one point's searches must be of one kind.
      guard known.listLength == listLength else {
        throw EvaluationError.badRun(
          "\(folder.path) was searched with lists of \(known.listLength ?? 0), and the default is "
            + "\(listLength ?? 0) here; give --rerank, or --fresh to start over")
      }
    }
    try folder.write(record, of: point, plan)
    let searches = LabelledSearches(
      plan, population: population, line: point.line, condition: condition)
    let before = file.outcomes.count
    let size = batch ?? point.matcher.batch
    progress(.searches(point: index, done: before, total: searches.count, before: before))
    while file.outcomes.count < searches.count {
      try Task.checkCancellation()
      let first = file.outcomes.count
      let block = first..<min(first + size, searches.count)
      var (outcomes, usage) = try await SearchBlock(searches, block).outcomes(matcher, k: plan.k)
      (usage.threads, usage.batch, usage.galleryNanoseconds) = (threads, size, took)
      try file.append(outcomes, usage: usage)
      progress(
        .searches(
          point: index, done: file.outcomes.count, total: searches.count, before: before))
    }
    let kin = kin(point, condition)
    if kin.isMissing(in: folder) {
      try await kin.search(in: folder, matcher) {
        progress(.kin(point: index, done: $0, total: $1))
      }
    }
    return record
  }

  /// Exact search of some of the non-mated probes of a point.
  private func reference(
    _ index: Int, _ condition: CaptureCondition, _ folder: AccuracyFolder,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> [Float] {
    let point = plan.points[index]
    let search = ReferenceSearch(
      plan, point,
      LabelledSearches(plan, population: population, line: point.line, condition: condition))
    return try await search.find(in: folder.outcomesPath, threads: threads) { done in
      progress(.reference(point: index, done: done, total: search.count))
    }
  }

  /// The closed form at the sizes of the plan and some beside them, for every line and condition.
  private func outlook(_ forecast: AccuracyForecast) throws -> [AccuracyResult.Outlook] {
    let largest = plan.points.map(\.gallerySize).max() ?? 0
    let sizes = Set(AccuracyForecast.sizes + plan.points.map(\.gallerySize)).sorted()
    var seen: Set<String> = []
    var rows: [AccuracyResult.Outlook] = []
    for point in plan.points {
      let kind = "\(point.line.name) \(point.line.genuine.shape) \(point.condition)"
      guard seen.insert(kind).inserted else { continue }
      for size in sizes {
        rows.append(
          forecast.outlook(
            size, point.line, try point.captureCondition(), fpir: plan.fpir,
            largestMeasured: largest))
      }
    }
    return rows
  }
}

extension AccuracyPoint {
  func captureCondition() throws(EvaluationError) -> CaptureCondition {
    guard let known = CaptureCondition(condition) else {
      throw .badRun("\"\(condition)\" is no capture condition")
    }
    return known
  }
}
