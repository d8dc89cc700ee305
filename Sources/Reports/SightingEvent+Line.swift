// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

extension SightingEvent {
  /// The event in one line, for people.
  package var line: String {
    let best = data.candidates.first
    let name =
      best.map {
        "\($0.subjectID)  score \(Text.fixed($0.score, 3)) "
          + "\($0.isAboveThreshold ? ">=" : "< ") \(Text.fixed(data.search.threshold, 3))"
      } ?? "nobody"
    var phase = data.phase.rawValue
    if let reason = data.closeReason { phase += " (\(reason.rawValue))" }
    phase += String(repeating: " ", count: max(0, 19 - phase.count))
    return "\(time)  \(data.camera.id)  \(phase)  \(data.sightingID)  \(name)  "
      + "\(data.count) searches"
  }
}
