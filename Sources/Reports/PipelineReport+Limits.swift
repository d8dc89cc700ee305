// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking
package import Pipeline

extension PipelineReport {
  /// What limits on a bench may name. A load of cameras is found or held only where cameras are the load,
  /// and searches agree only where some are compared.
  package static func measures(
    _ scenario: PipelinePlan.Scenario, checked: Int
  ) -> [ResultMeasure] {
    [.p50, .p90, .p99, .p999, .uncorrected, .drops, .failed, .searches, .opened, .fps, .cores]
      + (scenario == .cameras ? [.cameras] : []) + (checked > 0 ? [.agreement] : [])
  }

  /// Their values, of the run that counts or of the last that was tried; none for what there was nothing
  /// to measure by.
  package var figures: [ResultMeasure: Double] {
    guard let run = run ?? tried.last else { return [:] }
    var figures: [ResultMeasure: Double] = [
      .drops: Double(run.frames.dropped), .failed: Double(run.frames.failed),
      .searches: Double(run.searches), .opened: Double(run.sightingsOpened),
      .fps: run.framesPerSecond, .cores: run.coresUsed,
    ]
    if run.queries > 0 {
      figures[.p50] = run.p50MS / 1e3
      figures[.p90] = run.p90MS / 1e3
      figures[.p99] = run.p99MS / 1e3
      figures[.p999] = run.p999MS / 1e3
      figures[.uncorrected] = run.uncorrectedP99MS / 1e3
    }
    if let agreement, agreement.searches > 0 {
      figures[.agreement] = 1 - Double(agreement.differing) / Double(agreement.searches)
    }
    if settings.scenario == .cameras, valid { figures[.cameras] = run.load }
    return figures
  }
}
