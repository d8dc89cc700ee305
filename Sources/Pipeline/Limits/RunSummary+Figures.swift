// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus

extension RunSummary {
  /// What limits may name; `nil` for what there was nothing to measure by.
  package var figures: [ResultMeasure: Double?] {
    func count(_ value: Int) -> Double? { Double(value) }
    let hasLatency = latencyMS.count > 0
    return [
      .p50: hasLatency ? latencyMS.p50 / 1e3 : nil, .p99: hasLatency ? latencyMS.p99 / 1e3 : nil,
      .drops: count(frames.dropped), .failed: count(frames.failed),
      .damaged: count(frames.damaged), .missing: count(frames.missing),
      .searches: count(searches), .opened: count(sightings.opened),
      .unclosed: count(sightings.opened - sightings.closed),
      .recovered: count(sightings.recovered), .waiting: count(bus.forward?.waiting ?? 0),
      .fps: framesPerSecond, .fpir: threshold.searchFPIR,
    ]
  }
}
