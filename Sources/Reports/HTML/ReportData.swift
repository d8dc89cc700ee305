// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Matching
internal import Population

/// What the page's script reads, with keys in snake case; runs lie beside it as they are.
struct ReportData: Encodable {
  /// Points that differ in gallery size only.
  struct Series: Encodable, Hashable {
    let line: String
    let condition: String
    /// `exact`, `sketch`, `sketch:500` with a list length; `closed form` where nothing was searched.
    let matcher: String
    /// The matcher in words.
    let search: String
    let label: String
    /// Run and index of each point, by rising gallery size.
    var points: [[Int]]
  }

  /// The view that the page begins with.
  struct Start: Encodable, Hashable {
    var series: Int
    var n: Int
    var threshold: Double
    var cameras: Double
    var faces: Double
    var share: Double
  }

  struct Published: Encodable, Hashable {
    let line: String
    let rankOneMiss: [Double]
    let fnir: [Double]
  }

  let runs: [String]
  let model: ReportModel
  let series: [Series]
  let start: Start
  /// Run and index of the point whose cohorts are drawn.
  var cohorts: [Int]?
  let measuredSize = ThresholdTable.measuredSize
  let published: [Published]
  let publishedSizes = [PublishedLine.sizes.small, PublishedLine.sizes.large]
  let publishedFpir = PublishedLine.fpir
}

extension ReportData {
  /// Cameras and faces to reckon with where no claim gives any.
  static let assumed = (cameras: 100.0, faces: 10_000.0, share: 0.001)

  init(_ results: [AccuracyResult], _ verdict: ClaimVerdict?, _ population: Population) {
    var series = Self.measured(results)
    let claim = verdict?.claim
    if let claim, verdict?.figures.isEmpty == false {
      for condition in claim.conditions {
        for line in claim.lines
        where !series.contains(where: { $0.line == line && $0.condition == condition }) {
          series.append(
            Series(
              line: line, condition: condition, matcher: "closed form", search: "closed form",
              label: Self.label(line, condition, "closed form"), points: []))
        }
      }
    }
    self.series = series
    runs = results.indices.map { "run-\($0)" }
    let sizes = results.flatMap { $0.points.map(\.gallerySize) }
    var lines: [(QualityLine, CaptureCondition)] = []
    var known: Set<[String]> = []
    let shapes = results.flatMap(\.points).map { ($0.line, $0.condition, $0.shape) }
    for one in series where known.insert([one.line, one.condition]).inserted {
      let shape = shapes.first { $0.0 == one.line && $0.1 == one.condition }?.2
      let line = QualityLine.named(one.line, shape: shape == "gaussian" ? .gaussian : .gumbel)
      if let line, let condition = CaptureCondition(one.condition) {
        lines.append((line, condition))
      }
    }
    model = ReportModel(
      population.impostors, measured: sizes + [claim?.gallerySize].compactMap { $0 }, lines: lines)
    published = PublishedLine.all.map {
      Published(
        line: $0.name, rankOneMiss: [$0.rankOneMiss.small, $0.rankOneMiss.large],
        fnir: [$0.fnir.small, $0.fnir.large])
    }
    start = Self.start(series, results, claim, population)
    cohorts = Self.cohorts(results)
  }

  /// The largest gallery whose searches were counted by cell.
  private static func cohorts(_ results: [AccuracyResult]) -> [Int]? {
    let places = results.enumerated().flatMap { run, result in
      result.points.indices.map { [run, $0] }
    }
    let point = { (place: [Int]) in results[place[0]].points[place[1]] }
    return places.filter { place in
      (point(place).cohorts ?? []).contains { $0.basis == .cell }
    }.max {
      (point($0).gallerySize, point($0).searches) < (point($1).gallerySize, point($1).searches)
    }
  }

  /// Series in the order in which the runs have them.
  private static func measured(_ results: [AccuracyResult]) -> [Series] {
    var series: [Series] = []
    for (run, result) in results.enumerated() {
      for (index, point) in result.points.enumerated() {
        let matcher = matcher(point)
        let known = series.firstIndex {
          $0.line == point.line && $0.condition == point.condition && $0.matcher == matcher
        }
        if let known {
          series[known].points.append([run, index])
        } else {
          let search = search(point)
          series.append(
            Series(
              line: point.line, condition: point.condition, matcher: matcher, search: search,
              label: label(point.line, point.condition, search), points: [[run, index]]))
        }
      }
    }
    let point = { (place: [Int]) in results[place[0]].points[place[1]] }
    for index in series.indices {
      // Of two runs of one size that with more searches; sizes rise.
      let best = Dictionary(grouping: series[index].points) { point($0).gallerySize }
        .compactMap { $0.value.max { point($0).searches < point($1).searches } }
      series[index].points = best.sorted { point($0).gallerySize < point($1).gallerySize }
    }
    return series
  }

  private static func label(_ line: String, _ condition: String, _ search: String) -> String {
    "class \(line), \(ReportWords.short(condition)), \(search)"
  }

  static func matcher(_ point: AccuracyResult.Point) -> String {
    point.matcher.name + (point.listLength.map { ":\($0)" } ?? "")
  }

  /// The matcher in words.
  static func search(_ point: AccuracyResult.Point) -> String {
    switch point.matcher.name {
    case "exact": "exact search"
    case "sketch":
      point.listLength.map { "sketches, best \(Text.count($0)) rescored" } ?? "sketches, rescored"
    default: point.matcher.name
    }
  }

  /// Begins where most was searched or, with a claim, at its gallery size; at the FPIR nearest NIST's.
  private static func start(
    _ series: [Series], _ results: [AccuracyResult], _ claim: Claim?, _ population: Population
  ) -> Start {
    let points = series.enumerated().flatMap { index, one in
      one.points.map { (series: index, point: results[$0[0]].points[$0[1]]) }
    }
    let largest = points.max { $0.point.gallerySize < $1.point.gallerySize }
    let firstLine = QualityLine.default.name
    var start = Start(
      series: largest?.series ?? series.firstIndex { $0.line == firstLine } ?? 0,
      n: largest?.point.gallerySize ?? 1_000_000, threshold: 0.5, cameras: assumed.cameras,
      faces: assumed.faces, share: assumed.share)
    if let claim {
      if let size = claim.gallerySize { start.n = min(max(size, 1000), 10_000_000_000) }
      if let cameras = claim.cameras.first, cameras > 0 { start.cameras = Double(cameras) }
      if let faces = claim.facesPerCameraDay, faces > 0 { start.faces = faces }
      if let share = claim.matedShare { start.share = share }
    }
    // At the FPIR that the claim names, or at NIST's.
    var wanted = PublishedLine.fpir
    if case .tpir(let fpir) = claim?.reading { wanted = fpir }
    let here = points.filter { $0.point.gallerySize == start.n }
    if let chosen = here.first(where: { $0.series == start.series }) ?? here.first {
      start.series = chosen.series
      let nearest = chosen.point.operating.min {
        abs($0.targetFpir - wanted) < abs($1.targetFpir - wanted)
      }
      if let nearest {
        start.threshold = Double(nearest.threshold)
        return start
      }
    }
    start.threshold = population.impostors.threshold(
      fpir: wanted, gallerySize: start.n)
    return start
  }
}

extension AccuracyResult.Point {
  var searches: Int { mated + nonMated }
}
