// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// Every curve of a result as one table of comma-separated values, in long form: a row a point of a curve.
package enum CurveTable {
  package static let header =
    "point,gallery_size,line,condition,matcher,curve,threshold,rank,bin_low,bin_high,fpir,count,trials,"
    + "rate,low,high"

  /// `curve` is `det` (count and rate of misses at rank 1; `fpir` beside them), `cmc` (count and rate of
  /// searches with the mate at `rank` or better), `mate_scores` or `alarm_scores` (histograms; searches
  /// without a score are in a row without bins). Fields that a curve lacks are empty.
  package static func text(_ result: AccuracyResult) -> String {
    var lines = [header]
    for point in result.points {
      let name =
        "\(point.id),\(point.gallerySize),\(point.line),\(point.condition),\(point.matcher.name)"
      for at in point.det {
        lines.append(
          "\(name),det,\(at.threshold),,,,\(at.fpir),"
            + rate(AccuracyResult.Rate(at.misses, of: point.mated)))
      }
      for row in point.missByRank {
        let found = AccuracyResult.Rate(row.miss.trials - row.miss.count, of: row.miss.trials)
        lines.append("\(name),cmc,,\(row.rank),,,," + rate(found))
      }
      lines += histogram(point.mateScores, "\(name),mate_scores", trials: point.mated)
      lines += histogram(point.alarmScores, "\(name),alarm_scores", trials: point.nonMated)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func rate(_ rate: AccuracyResult.Rate) -> String {
    "\(rate.count),\(rate.trials),\(rate.rate.map { "\($0)" } ?? ""),\(rate.low),\(rate.high)"
  }

  private static func histogram(
    _ histogram: AccuracyResult.Histogram, _ name: String, trials: Int
  ) -> [String] {
    let bins = histogram.counts.enumerated().map { index, count in
      // From whole bins, so that edges of neighbours are the same number.
      let first = (histogram.start / histogram.width).rounded() + Double(index)
      let edges = [first, first + 1].map { "\($0 / (1 / histogram.width).rounded())" }
      return "\(name),,,\(edges[0]),\(edges[1]),," + rate(.init(count, of: trials))
    }
    return bins + ["\(name),,,,,," + rate(.init(histogram.without, of: trials))]
  }
}
