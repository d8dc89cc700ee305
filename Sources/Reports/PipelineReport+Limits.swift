// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
package import Pipeline

extension PipelineReport {
  /// What limits may name: of the run that counts, or of the last that was tried; `nil` for what there was
  /// nothing to measure by.
  package var figures: [ResultMeasure: Double?] {
    guard let run = run ?? tried.last else { return [:] }
    func count(_ value: Int) -> Double? { Double(value) }
    let hasLatency = run.queries > 0
    var figures: [ResultMeasure: Double?] = [
      .p50: hasLatency ? run.p50MS / 1e3 : nil, .p90: hasLatency ? run.p90MS / 1e3 : nil,
      .p99: hasLatency ? run.p99MS / 1e3 : nil,
      .uncorrected: hasLatency ? run.uncorrectedP99MS / 1e3 : nil,
      .drops: count(run.frames.dropped), .failed: count(run.frames.failed),
      .searches: count(run.searches), .opened: count(run.sightingsOpened),
      .fps: run.framesPerSecond, .cores: run.coresUsed,
      .agreement: agreement.flatMap {
        $0.searches > 0 ? 1 - Double($0.differing) / Double($0.searches) : nil
      },
    ]
    if settings.scenario == .cameras { figures[.cameras] = .some(valid ? run.load : nil) }
    return figures
  }
}
