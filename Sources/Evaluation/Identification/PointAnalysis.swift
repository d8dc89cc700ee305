// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import Matching
internal import Population

/// Figures of one point, counted from its outcomes.
struct PointAnalysis {
  let plan: AccuracyPlan
  let point: AccuracyPoint
  let condition: CaptureCondition
  let forecast: AccuracyForecast

  func result(
    _ outcomes: [SearchOutcome], usage: OutcomeUsage, gallery: GalleryDescription,
    matcher: MatcherInformation, listLength: Int?, exact: [Float]?
  ) -> AccuracyResult.Point {
    let size = point.gallerySize
    let sample = SearchSample(outcomes, room: min(plan.k, size))
    let rankOne = AccuracyResult.Rate(sample.misses(beyond: 1), of: sample.mated)
    let expected = forecast.rankOneMiss(size, point.line, condition)
    let seconds = Double(usage.wallNanoseconds) / 1e9
    let operating = operating(sample)
    return AccuracyResult.Point(
      id: plan.id(of: point), gallerySize: size, gallery: gallery, line: point.line.name,
      shape: point.line.genuine.shape.rawValue, condition: point.condition, matcher: matcher,
      listLength: listLength, k: plan.k, mated: sample.mated, nonMated: sample.nonMated,
      failedMated: .init(sample.failedMated, of: sample.mated),
      failedNonMated: .init(sample.failedNonMated, of: sample.nonMated), rankOneMiss: rankOne,
      missByRank: (1...min(plan.k, size)).map {
        .init(rank: $0, miss: .init(sample.misses(beyond: $0), of: sample.mated))
      },
      rankTies: sample.rankTies,
      lostMates: .init(sample.lost.count { $0 }, of: sample.expectedMates),
      operating: operating, det: det(sample),
      mateScores: Self.histogram(sample.mateScores),
      alarmScores: Self.histogram(sample.alarmScores),
      verification: AccuracyResult.VerificationFigures(
        genuine: sample.genuineScores, impostors: sample.impostorScores),
      prediction: .init(
        rankOneMiss: expected,
        rankOneVerdict: .init(low: rankOne.low, high: rankOne.high, expected: expected.expected),
        beyondModelData: size > ThresholdTable.measuredSize),
      recall: exact.map {
        AccuracyResult.Recall(sample, exact: $0, thresholds: operating.map(\.threshold))
      },
      cost: .init(
        searched: usage.searched, wallSeconds: seconds,
        cpuSeconds: Double(usage.cpuNanoseconds) / 1e9,
        probesPerSecond: seconds > 0 ? Double(usage.searched) / seconds : 0,
        millisecondsPerProbe: usage.searched > 0 ? seconds * 1e3 / Double(usage.searched) : 0,
        batch: usage.batch, threads: usage.threads,
        bytesPerTemplate: point.matcher.bytesPerTemplate,
        gallerySeconds: Double(usage.galleryNanoseconds) / 1e9))
  }

  private func operating(_ sample: SearchSample) -> [AccuracyResult.OperatingPoint] {
    let chosen = plan.fpir.map { sample.threshold(fpir: $0) }
    let bootstrap = SearchBootstrap(
      sample, targets: plan.fpir, measured: chosen.map(\.value), seed: plan.probeSeed)
    return plan.fpir.indices.map { index in
      let (threshold, ties) = chosen[index]
      let target = plan.fpir[index]
      let thresholds = SearchBootstrap.interval(bootstrap.thresholds[index])
      let resampled = SearchBootstrap.interval(bootstrap.misses[index])
      let spread = SearchBootstrap.interval(bootstrap.candidates[index])
      let misses = sample.misses(at: threshold)
      let fnir = AccuracyResult.Rate(misses, of: sample.mated)
      let searches = Double(sample.nonMated)
      // No resample of errors that never happened has one: never narrower than Wilson's interval.
      let estimate = AccuracyResult.Estimate(
        value: Double(misses) / Double(sample.mated),
        low: min(fnir.low, Double(resampled.low) / Double(sample.mated)),
        high: max(fnir.high, Double(resampled.high) / Double(sample.mated)))
      return AccuracyResult.OperatingPoint(
        targetFpir: target, threshold: threshold, thresholdLow: thresholds.low,
        thresholdHigh: thresholds.high,
        fpir: .init(sample.alarms(at: threshold), of: sample.nonMated), tiesBelow: ties,
        fnir: fnir, fnirEstimate: estimate, tpir: .init(sample.mated - misses, of: sample.mated),
        fnirInList: .init(sample.missesInList(at: threshold), of: sample.mated),
        misses: sample.causes(at: threshold),
        selectivity: .init(
          value: Double(sample.candidates(at: threshold).reduce(0, +)) / searches,
          low: Double(spread.low) / searches, high: Double(spread.high) / searches),
        fullLists: sample.fullLists(at: threshold, gallerySize: point.gallerySize),
        prediction: prediction(target, threshold, thresholds, estimate))
    }
  }

  private func prediction(
    _ target: Double, _ measured: Float, _ thresholds: (low: Float, high: Float),
    _ fnir: AccuracyResult.Estimate
  ) -> AccuracyResult.OperatingPrediction {
    let size = point.gallerySize
    let threshold = forecast.threshold(
      fpir: target, gallerySize: size, failureRate: condition.genuine(point.line).failureRate)
    let band = forecast.fnir(fpir: target, size, point.line, condition)
    return .init(
      threshold: threshold,
      thresholdVerdict: .init(
        low: Double(thresholds.low), high: Double(thresholds.high), expected: threshold),
      fnir: band,
      fnirVerdict: .init(low: fnir.low, high: fnir.high, expected: band.expected),
      independenceThreshold: forecast.independenceThreshold(fpir: target, gallerySize: size),
      independenceFpir: forecast.independenceFPIR(
        threshold: Double(measured), gallerySize: size))
  }

  /// Some 100 points with evenly falling logarithms of FPIR, from nearly all down to 3/n.
  private func det(_ sample: SearchSample) -> [AccuracyResult.DETPoint] {
    let sorted = sample.alarmScores.sorted(by: >)
    let firsts = sample.firstScores.sorted()
    var points: [AccuracyResult.DETPoint] = []
    var alarms = Double(Int(AccuracyPlan.fewestAlarms))
    while alarms < Double(sorted.count) {
      let rate = alarms.rounded(.down) / Double(sorted.count)
      let threshold = SearchSample.threshold(fpir: rate, sorted: sorted).value
      if threshold > -1, threshold != points.last?.threshold {
        let count = sorted.partitioningIndex { $0 < threshold }
        let misses = firsts.partitioningIndex { $0 >= threshold }
        // With ties at the top, fewer than 3 searches may remain: no rate is stated of those.
        if Double(count) >= AccuracyPlan.fewestAlarms {
          points.append(
            .init(
              threshold: threshold, alarms: count, fpir: Double(count) / Double(sorted.count),
              misses: misses, fnir: Double(misses) / Double(sample.mated)))
        }
      }
      alarms = max(alarms + 1, alarms * 1.08)
    }
    return points
  }

  /// Bins of .01, from the first that holds a score to the last.
  static func histogram(_ scores: [Float]) -> AccuracyResult.Histogram {
    let bins = scores.filter { $0 > SearchSample.nothing }.map {
      Int((Double($0) * 100).rounded(.down))
    }
    guard let first = bins.min(), let last = bins.max() else {
      return .init(start: 0, width: 0.01, counts: [], without: scores.count)
    }
    var counts = [Int](repeating: 0, count: last - first + 1)
    for bin in bins { counts[bin - first] += 1 }
    return .init(
      start: Double(first) / 100, width: 0.01, counts: counts,
      without: scores.count - bins.count)
  }
}

extension AccuracyResult.Verdict {
  /// Where a measured interval lies, as seen from what was expected.
  init(low: Double, high: Double, expected: Double) {
    self = expected < low ? .above : expected > high ? .below : .agrees
  }
}

extension [Float] {
  /// The first index from which on `holds` is true; it must be false before and true after. O(log n).
  func partitioningIndex(where holds: (Float) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
