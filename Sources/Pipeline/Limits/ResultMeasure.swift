// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Settings

/// A figure of a result that a limit may name.
package enum ResultMeasure: String, CaseIterable, Codable, Hashable, Sendable {
  case p50, p90, p99
  case p999 = "p99.9"
  case uncorrected
  case drops, failed, damaged, missing, searches, opened, unclosed, recovered, waiting
  case fps, cameras, cores
  case fpir, agreement

  /// What its values are; `nil` for plain numbers.
  package var quantity: Quantity? {
    switch self {
    case .p50, .p90, .p99, .p999, .uncorrected: .seconds
    case .drops, .failed, .damaged, .missing, .searches, .opened, .unclosed, .recovered, .waiting,
      .cameras:
      .count
    case .fpir, .agreement: .share
    case .fps, .cores: nil
    }
  }

  /// Whether its values are seconds.
  package var isTime: Bool { quantity == .seconds }

  /// For people.
  package var words: String {
    switch self {
    case .p50, .p90, .p99, .p999: "latency, from a frame's being due to its events' being durable"
    case .uncorrected: "p99 from a worker's taking the frame on"
    case .drops: "frames given up"
    case .failed: "frames that did not decode"
    case .damaged: "frames that decoded with a warning"
    case .missing: "frames that never came in"
    case .searches: "faces searched"
    case .opened: "sightings opened"
    case .unclosed: "sightings opened and not closed"
    case .recovered: "sightings an interrupted run had left open"
    case .waiting: "events that the other bus has not acknowledged"
    case .fps: "frames a second"
    case .cameras: "cameras carried"
    case .cores: "cores in use"
    case .fpir: "expected of one non-mated search, by the population model"
    case .agreement: "searches that gave what exact search gives"
    }
  }
}
