// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files

/// Names derived from what they name, so that a replay gives the same ones and a retry is recognised.
package enum Identifiers {
  /// 64 bits in hexadecimal: the sighting that a track opened.
  ///
  /// A resumed run starts after the frames it has handled, so a track's first frame and its place in
  /// that frame never come twice in a run. `ordinal` counts the sightings of one track, from 0.
  package static func sighting(
    run: String, camera: String, track: TrackID, ordinal: Int = 0
  ) -> String {
    name(
      "sighting",
      [run, camera, String(track.firstSequence), String(track.ordinal), String(ordinal)],
      bytes: 8)
  }

  /// 128 bits in hexadecimal: one revision of one sighting.
  package static func event(
    run: String, camera: String, sighting: String, phase: SightingPhase, revision: Int
  ) -> String {
    name("event", [run, camera, sighting, phase.rawValue, String(revision)], bytes: 16)
  }

  /// The first `bytes` bytes of a SHA-256 over `parts`, each told with its length so that no two lists
  /// read the same.
  package static func name(_ kind: String, _ parts: [String], bytes: Int) -> String {
    SHA256Digest(of: text(kind, parts)).prefix(bytes)
  }

  /// What a name is the digest of.
  static func text(_ kind: String, _ parts: [String]) -> String {
    var text = "sightline/\(kind)"
    for part in parts { text += "/\(part.utf8.count):\(part)" }
    return text
  }
}
