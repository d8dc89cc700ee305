// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
package import Frames
internal import Sightings

/// The sightings a run left on a bus, each by its last word.
package struct RecordedRun: Sendable {
  package let runID: String
  package let sightings: [ReportedSighting]
  package let gallerySize: Int
  /// Expected FPIR of a search at the run's threshold, by the population model.
  package let expectedFPIR: Double?

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
    var last: [String: SightingEvent] = [:]
    var place: Int64 = 0
    while true {
      let page = try await reader.events(after: place)
      guard let end = page.last else { break }
      place = end.sequence
      for stored in page {
        guard let event = try? SightingEvent(json: stored.record.body),
          event.data.provenance.runID == run.runID
        else { continue }
        last[event.data.sightingID] = event
      }
    }
    guard let facts = RunFacts(json: run.facts) else {
      throw EvaluationError(
        .noRun, "run \(run.runID) on \(bus) does not say what it was; run the set again")
    }
    return RecordedRun(
      runID: run.runID, sightings: last.values.map(ReportedSighting.init),
      gallerySize: facts.gallerySize, expectedFPIR: facts.expectedFPIR)
  }
}

extension ReportedSighting {
  init(_ event: SightingEvent) {
    let data = event.data
    let named = data.decision == .alert ? data.candidates.first?.subjectID : nil
    self.init(
      id: data.sightingID, camera: data.camera.id, firstSeen: data.firstSeen.microseconds,
      lastSeen: data.lastSeen.microseconds, identity: named.flatMap(SubjectName.number))
  }
}
