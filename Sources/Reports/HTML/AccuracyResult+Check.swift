// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Files
internal import Population

extension AccuracyResult {
  private static let most = 1_000_000_000_000

  /// Refuses figures that no run can have: a file may be damaged or made up, and a page must not draw it.
  func checkForPage() throws(ReportError) {
    guard (0...Self.most).contains(machine.cores), (0...1 << 60).contains(machine.memoryBytes),
      machine.load.isFinite, points.allSatisfy(\.isPossible), outlook.allSatisfy(\.isPossible)
    else {
      throw ReportError(
        .damaged,
        "the run of plan \(planDigest.prefix(6)) holds figures that cannot be, such as a rate above 1; "
          + "make its result again with the command in it")
    }
  }

  fileprivate static func isCount(_ value: Int) -> Bool { (0...most).contains(value) }

  fileprivate static func isShare(_ value: Double?) -> Bool {
    value.map { (0...1).contains($0) } ?? true
  }

  fileprivate static func isTime(_ value: Double) -> Bool { (0...1e15).contains(value) }
}

extension AccuracyResult.Rate {
  var isPossible: Bool {
    Self.isPossible(count, trials, [rate, low, high]) && low <= high
  }

  static func isPossible(_ count: Int, _ trials: Int, _ shares: [Double?]) -> Bool {
    AccuracyResult.isCount(trials) && (0...max(0, trials)).contains(count)
      && shares.allSatisfy(AccuracyResult.isShare)
  }
}

extension AccuracyResult.Band {
  fileprivate var isPossible: Bool {
    [expected, otherShape, powerLaw].allSatisfy(AccuracyResult.isShare)
  }
}

extension AccuracyResult.Outlook {
  fileprivate var isPossible: Bool {
    gallerySize > 0 && AccuracyResult.isCount(gallerySize) && rankOneMiss.isPossible
      && operating.allSatisfy { $0.fnir.isPossible && AccuracyResult.isShare($0.fpir) }
  }
}

extension AccuracyResult.Histogram {
  fileprivate var isPossible: Bool {
    (-2...2).contains(start) && (1e-4...1).contains(width) && counts.count <= 40_000
      && counts.allSatisfy(AccuracyResult.isCount) && AccuracyResult.isCount(without)
  }
}

extension AccuracyResult.Point {
  fileprivate var isPossible: Bool {
    let counts = [gallerySize, k, mated, nonMated, listLength ?? 0, cost.searched, cost.batch]
    let rates = [rankOneMiss, lostMates, failedMated, failedNonMated] + missByRank.map(\.miss)
    guard (counts + [cost.threads, cost.bytesPerTemplate]).allSatisfy(AccuracyResult.isCount),
      gallerySize > 0, QualityLine.named(line) != nil, CaptureCondition(condition) != nil,
      rates.allSatisfy(\.isPossible), prediction.rankOneMiss.isPossible,
      missByRank.allSatisfy({ (1...10_000).contains($0.rank) }),
      mateScores.isPossible, alarmScores.isPossible,
      [
        cost.wallSeconds, cost.cpuSeconds, cost.probesPerSecond, cost.millisecondsPerProbe,
        cost.gallerySeconds,
      ].allSatisfy(AccuracyResult.isTime)
    else { return false }
    let groups = (cohorts ?? []).flatMap { cohort in
      cohort.operating.flatMap { [$0.fnir, $0.fpir, $0.namedAnother] } + [cohort.rankOneMiss]
    }
    let relatives = (kin ?? []).flatMap { $0.operating.flatMap { [$0.alarms, $0.namedRelative] } }
    let expected = (kin ?? []).flatMap { $0.operating.map(\.expected) }
    guard (groups + relatives).allSatisfy(\.isPossible),
      expected.allSatisfy(AccuracyResult.isShare),
      (cohorts ?? []).allSatisfy({ $0.operating.count == operating.count })
    else { return false }
    return operating.allSatisfy(isPossible) && areFalling(det)
      && (recall.map { $0.mates.isPossible && $0.alarms.allSatisfy { $0.found.isPossible } } ?? true)
  }

  private func isPossible(_ operating: AccuracyResult.OperatingPoint) -> Bool {
    operating.targetFpir > 0 && operating.targetFpir < 1
      && (-2...2).contains(operating.threshold) && operating.fpir.isPossible
      && operating.fnir.isPossible && operating.prediction.fnir.isPossible
  }

  /// From high thresholds to low ones, with rates that belong to their counts.
  private func areFalling(_ det: [AccuracyResult.DETPoint]) -> Bool {
    det.count <= 100_000
      && det.allSatisfy {
        (-2...2).contains($0.threshold) && (0...nonMated).contains($0.alarms)
          && (0...mated).contains($0.misses)
          && [$0.fpir, $0.fnir].allSatisfy(AccuracyResult.isShare)
      }
      && zip(det, det.dropFirst()).allSatisfy { $0.threshold > $1.threshold }
  }
}
