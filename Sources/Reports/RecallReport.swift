// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
package import Matching

/// What `sightline bench recall` tells: what a matcher finds of what is there, and what it takes.
package struct RecallReport: Encodable {
  package let matcher: MatcherInformation
  package let truth: TruthReport
  package let fpir: Double
  package let threshold: Double
  package let mateRecall: RateReport
  package let falseAlarmRecall: RateReport
  package let falseAlarmCandidateRecall: RateReport
  package let topOneMated: RateReport
  package let topOneNonMated: RateReport
  package let batch: Int
  /// Of a median batch, a probe's share.
  package let perProbe: ComputeTime?
  package let load: Double?

  package init(
    _ truth: TruthReport, _ agreement: Agreement, _ trial: MatcherTrial,
    matcher: MatcherInformation, batch: Int, fpir: Double, threshold: Double
  ) {
    self.matcher = matcher
    self.truth = truth
    self.fpir = fpir
    self.threshold = threshold
    mateRecall = RateReport(agreement.mates)
    falseAlarmRecall = RateReport(agreement.alarms)
    falseAlarmCandidateRecall = RateReport(agreement.alarmCandidates)
    topOneMated = RateReport(agreement.topOneMated)
    topOneNonMated = RateReport(agreement.topOneNonMated)
    self.batch = batch
    perProbe = trial.medianPerProbe
    load = MachineLoad.now
  }

  /// Several lines for people.
  package var text: String {
    let row = { (name: String, rate: RateReport) in
      [
        name, Text.count(rate.count), Text.count(rate.trials),
        rate.rate.map { Text.fixed($0, 4) } ?? "-", Text.fixed(rate.low, 4),
        Text.fixed(rate.high, 4),
      ]
    }
    var text = """
      matcher    \(matcher.name): \(matcher.precision)
      gallery    \(Text.count(truth.gallerySize)) templates
      probes     \(Text.count(truth.mated)) mated, \(Text.count(truth.nonMated)) non-mated, line \
      \(truth.line), \(truth.condition); k = \(truth.k)
      threshold  \(Text.fixed(threshold, 4)) for FPIR \(Text.rate(fpir))


      """
    text += Text.table(
      [
        ["against exact search", "found", "of", "rate", "95 % from", "to"],
        row("mates", mateRecall), row("false alarms: searches", falseAlarmRecall),
        row("false alarms: candidates", falseAlarmCandidateRecall),
        row("first candidate, mated", topOneMated),
        row("first candidate, non-mated", topOneNonMated),
      ], indent: "")
    if let perProbe {
      text += """


        a probe takes \(Text.milliseconds(perProbe.wallSeconds * 1000)) ms, CPU \
        \(Text.milliseconds(perProbe.cpuSeconds * 1000)) ms, in batches of \
        \(min(batch, truth.mated + truth.nonMated)) (median batch; \
        \(matcher.threads.map { "\($0) threads" } ?? "threads unknown")\
        \(load.map { ", load \(Text.fixed($0, 1))" } ?? ""))
        """
    }
    return text
  }
}
