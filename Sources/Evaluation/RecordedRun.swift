// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
package import Frames
internal import Sightings

/// The sightings a run left on a bus.
package struct RecordedRun: Sendable {
  package let runID: String
  package let sightings: [ReportedSighting]
  /// `running` (perhaps killed), `finished` or `stopped`.
  package let state: String
  package let gallerySize: Int
  /// Expected FPIR of one search at the run's threshold, by the population model.
  package let searchFPIR: Double

  /// Reads the newest run of `frameSet` on `bus`.
  ///
  /// - Throws: `EvaluationError` with code `noRun` if the set was never run there, or `BusError`.
  package static func newest(
    of frameSet: FrameSet, on bus: BusLocation
  ) async throws -> RecordedRun {
    guard case .sqlite(let path) = bus else {
      throw EvaluationError(.noRun, "runs are read from a sqlite bus")
    }
    let reader = try SQLiteLogReader(path)
    defer { try? reader.close() }
    guard let run = try await reader.newestRun(keyPrefix: RunKey.prefix(frameSet.digest)) else {
      throw EvaluationError(
        .noRun, "no run of \(frameSet.folder) is on \(bus); run `sightline run` on it first")
    }
    var revisions: [String: (camera: String, revisions: [ReportedSighting.Revision])] = [:]
    var place: Int64 = 0
    while true {
      let page = try await reader.events(after: place)
      guard let end = page.last else { break }
      place = end.sequence
      for stored in page {
        guard stored.record.type.hasPrefix("org.sightline.sighting.") else { continue }
        guard let event = try? SightingEvent(json: stored.record.body) else {
          throw EvaluationError(
            .badEvent,
            "event \(stored.sequence) on \(bus) is no sighting this version reads; "
              + "score with the version that wrote it")
        }
        guard event.data.provenance.runID == run.runID else { continue }
        let named = event.data.decision == .alert ? event.data.candidates.first?.subjectID : nil
        revisions[event.data.sightingID, default: (event.data.camera.id, [])].revisions.append(
          .init(frame: event.data.frame.sequence, identity: named.flatMap(SubjectName.number)))
      }
    }
    guard let facts = RunFacts(json: run.facts) else {
      throw EvaluationError(
        .noRun, "run \(run.runID) on \(bus) does not say what it was; run the set again")
    }
    return RecordedRun(
      runID: run.runID,
      sightings: revisions.map {
        ReportedSighting(id: $0.key, camera: $0.value.camera, revisions: $0.value.revisions)
      }, state: run.state, gallerySize: facts.gallerySize, searchFPIR: facts.searchFPIR)
  }
}
