// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// Who was really there: one line of a truth file, which no consumer under test may read.
package struct VisitTruth: Codable, Hashable, Sendable {
  package let simulated: Bool
  package let camera: String
  /// Of the sighting that the visit opened, if it opened one.
  package let sightingID: String
  /// The name that a right sighting gives; of nobody in the gallery when not enrolled.
  package let subjectID: String
  package let enrolled: Bool
  package let firstSeen: Timestamp
  package let lastSeen: Timestamp
  /// Frames that show the person, by quality tier; `none` is below the floor.
  package let captures: [String: Int]

  private enum CodingKeys: String, CodingKey {
    case simulated, camera, enrolled, captures
    case sightingID = "sighting_id"
    case subjectID = "subject_id"
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
  }

  package init(_ script: VisitScript, _ model: TrafficModel) {
    simulated = true
    camera = model.contexts[script.camera].camera.id
    sightingID = Identifiers.sighting(run: model.runID, camera: camera, track: script.track)
    subjectID = SubjectName.text(script.identity)
    enrolled = script.isEnrolled
    firstSeen = model.time(camera: script.camera, frame: script.track.firstSequence)
    lastSeen = model.time(
      camera: script.camera, frame: script.track.firstSequence + script.captures.count - 1)
    var counts: [String: Int] = [:]
    for capture in script.captures {
      counts[capture.tier.map { ModelledCapture.tiers[$0].name } ?? "none", default: 0] += 1
    }
    captures = counts
  }
}
