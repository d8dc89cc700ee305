// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus

extension RunSummary {
  /// What limits on a run may name.
  package static let measures: [ResultMeasure] = [
    .p50, .p90, .p99, .p999, .drops, .failed, .damaged, .missing, .searches, .opened, .unclosed,
    .recovered, .waiting, .fps, .fpir,
  ]

  /// Their values; none for what there was nothing to measure by.
  package var figures: [ResultMeasure: Double] {
    var figures: [ResultMeasure: Double] = [
      .drops: Double(frames.dropped), .failed: Double(frames.failed),
      .damaged: Double(frames.damaged), .missing: Double(frames.missing),
      .searches: Double(searches), .opened: Double(sightings.opened),
      .unclosed: Double(sightings.opened - sightings.closed),
      .recovered: Double(sightings.recovered), .waiting: Double(bus.forward?.waiting ?? 0),
      .fps: framesPerSecond, .fpir: threshold.searchFPIR,
    ]
    if latencyMS.count > 0 {
      figures[.p50] = latencyMS.p50 / 1e3
      figures[.p90] = latencyMS.p90 / 1e3
      figures[.p99] = latencyMS.p99 / 1e3
      figures[.p999] = latencyMS.p999 / 1e3
    }
    return figures
  }
}
