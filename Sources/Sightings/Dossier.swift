// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// All that is known of one face in view: its tracks, its evidence, and its sighting if it has one.
///
/// Usually one track; more when a subject's track broke and a new one turned out to be the same subject.
struct Dossier: Sendable {
  /// The sighting while it is open.
  struct Open: Sendable {
    let id: String
    var revision = 0
    /// Every subject it was published for.
    var announced: Set<UInt64> = []
    let openedAt: Timestamp
    var lastRevision: Timestamp
    var outcome: Decision.Outcome
    var best: Decision.Ranked?
  }

  /// The track that began it.
  let id: TrackID
  /// Tracks that still live.
  var tracks: [TrackID]
  var evidence: Evidence
  var open: Open?
  /// Subjects this dossier may not open a sighting of: it is suppressed for them, or had one that aged.
  var silenced: Set<UInt64> = []
  /// Sightings it opened; more than one when the first aged and the face then looked like another.
  var sightings = 0
}
