// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Where in its life a sighting is; the last part of the event's type.
package enum SightingPhase: String, Codable, CaseIterable, Sendable {
  case opened, updated, closed

  /// The CloudEvents `type`.
  package var type: String {
    // Literals, which take no memory: asked for with every event.
    switch self {
    case .opened: "org.sightline.sighting.opened"
    case .updated: "org.sightline.sighting.updated"
    case .closed: "org.sightline.sighting.closed"
    }
  }
}

/// Why a sighting was closed.
package enum CloseReason: String, Codable, CaseIterable, Sendable {
  /// The face was not seen for the tracker's gap.
  case trackLost = "track_lost"
  /// It stayed in view longer than a sighting may last.
  case maximumAge = "max_age"
  /// The run ended or was stopped.
  case shutdown
  /// The run that opened it died; a later one closed it.
  case recovered
}
