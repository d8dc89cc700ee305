// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Sightings

/// Sighting events made from text, as a reader of the bus would meet them.
enum SampleSighting {
  static func event(
    run: String = "run-1", camera: String = "cam-01", sighting: String = "00000000000000aa",
    phase: SightingPhase, revision: Int, sequence: Int64, subject: UInt64 = 5, lastSeen: Int64,
    decision: String = "alert"
  ) throws -> SightingEvent {
    let id = Identifiers.event(
      run: run, camera: camera, sighting: sighting, phase: phase, revision: revision)
    let time = Timestamp(microseconds: lastSeen).description
    let expiry = Timestamp(microseconds: lastSeen + 60_000_000).description
    let reason = phase == .closed ? "\"close_reason\":\"track_lost\"," : ""
    let json = """
      {"specversion":"1.0","id":"\(id)","source":"urn:sightline:test:camera:\(camera)",
      "type":"\(phase.type)","subject":"\(sighting)","time":"\(time)","expirytime":"\(expiry)",
      "sequence":"\(sequence)","partitionkey":"\(camera)","simulated":true,
      "data":{"sighting_id":"\(sighting)","revision":\(revision),"phase":"\(phase.rawValue)",\(reason)
      "first_seen":"\(time)","last_seen":"\(time)","count":2,"camera":{"id":"\(camera)","name":"x"},
      "clock":{"kind":"virtual","max_error_ms":0},
      "frame":{"seq":1,"captured_at":"\(time)","width":1,"height":1,"bytes":1,
      "sha256":"\(String(repeating: "0", count: 64))"},
      "face":{"box":{"x":1,"y":2,"w":3,"h":4},"detection_score":5},
      "quality":{"score":0.5,"tier":"B","method":"m","min":0.1},
      "search":{"gallery":{"id":"g","version":"1","size":9,"digest":"d"},"metric":"cosine",
      "exact":true,"k":10,"threshold":0.5},
      "threshold_basis":{"method":"given"},
      "candidates":[{"rank":1,"subject_id":"\(SubjectName.text(subject))","score":0.6,
      "above_threshold":true}],
      "decision":"\(decision)","frames_considered":3,"rule":"r",
      "model":{"detector":{"name":"a","version":"1"},"embedder":{"name":"b","version":"1"},
      "matcher":{"name":"c","version":"1"}},
      "provenance":{"run_id":"\(run)","config_digest":"d","seed":"1","software_version":"0"}}}
      """
    return try SightingEvent(json: Array(json.utf8))
  }
}
