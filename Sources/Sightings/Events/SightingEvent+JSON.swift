// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files

// Written out by hand, key by key in their order, since every event of every stream goes through here: a
// test holds the bytes to those of the `Codable` conformance.
extension SightingEvent {
  /// The event in CloudEvents' structured JSON format, `application/cloudevents+json`: sorted keys, no
  /// space. Throws `EncodingError` for a score that JSON has no word for. About 2 microseconds.
  package func json() throws -> [UInt8] {
    var out = JSONWriter(capacity: 1800)
    out.raw("{\"correlationid\":")
    out.value(subject)
    out.raw(",\"data\":")
    try data.write(to: &out)
    out.raw(",\"datacontenttype\":\"application/json\",\"dataschema\":")
    out.value(Self.dataSchema)
    out.raw(",\"expirytime\":")
    out.value(expiryTime)
    out.raw(",\"id\":")
    out.value(id)
    out.raw(",\"partitionkey\":")
    out.value(partitionKey)
    if let recordedTime {
      out.raw(",\"recordedtime\":")
      out.value(recordedTime)
    }
    out.raw(",\"sequence\":")
    out.value(sequenceText)
    out.raw(",\"simulated\":true,\"source\":")
    out.value(source)
    out.raw(",\"specversion\":\"1.0\",\"subject\":")
    out.value(subject)
    out.raw(",\"time\":")
    out.value(time)
    out.raw(",\"type\":")
    out.value(type)
    out.raw("}")
    return out.bytes
  }
}

extension SightingData {
  fileprivate func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw("{")
    camera.write(to: &out)
    out.raw(",\"candidates\":[")
    for index in candidates.indices {
      if index > 0 { out.raw(",") }
      try candidates[index].write(to: &out)
    }
    out.raw("]")
    try clock.write(to: &out)
    if let closeReason {
      out.raw(",\"close_reason\":")
      out.value(closeReason.rawValue)
    }
    out.raw(",\"count\":")
    out.value(count)
    out.raw(",\"decision\":")
    out.value(decision.rawValue)
    try face.write(to: &out)
    out.raw(",\"first_seen\":")
    out.value(firstSeen)
    frame.write(to: &out)
    out.raw(",\"frames_considered\":")
    out.value(framesConsidered)
    out.raw(",\"last_seen\":")
    out.value(lastSeen)
    model.write(to: &out)
    out.raw(",\"phase\":")
    out.value(phase.rawValue)
    provenance.write(to: &out)
    try quality.write(to: &out)
    out.raw(",\"revision\":")
    out.value(revision)
    out.raw(",\"rule\":")
    out.value(rule)
    try search.write(to: &out)
    out.raw(",\"sighting_id\":")
    out.value(sightingID)
    try thresholdBasis.write(to: &out)
    timings?.write(to: &out)
    out.raw("}")
  }
}

extension SightingData.Camera {
  func write(to out: inout JSONWriter) {
    out.raw("\"camera\":{\"id\":")
    out.value(id)
    out.raw(",\"name\":")
    out.value(name)
    out.raw("}")
  }
}

extension SightingData.Clock {
  func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw(",\"clock\":{\"kind\":")
    out.value(kind.rawValue)
    out.raw(",\"max_error_ms\":")
    try out.value(maximumErrorMilliseconds)
    out.raw("}")
  }
}

extension SightingData.Face {
  func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw(",\"face\":{\"box\":{\"h\":")
    try out.value(box.height.rounded(places: 2))
    out.raw(",\"w\":")
    try out.value(box.width.rounded(places: 2))
    out.raw(",\"x\":")
    try out.value(box.x.rounded(places: 2))
    out.raw(",\"y\":")
    try out.value(box.y.rounded(places: 2))
    out.raw("},\"detection_score\":")
    try out.value(detectionScore)
    out.raw("}")
  }
}

extension SightingData.RankedCandidate {
  func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw("{\"above_threshold\":")
    out.value(isAboveThreshold)
    out.raw(",\"rank\":")
    out.value(rank)
    out.raw(",\"score\":")
    try out.value(score)
    out.raw(",\"subject_id\":")
    out.value(subjectID)
    out.raw("}")
  }
}

extension FrameFacts {
  func write(to out: inout JSONWriter) {
    out.raw(",\"frame\":{\"bytes\":")
    out.value(bytes)
    out.raw(",\"captured_at\":")
    out.value(capturedAt)
    out.raw(",\"height\":")
    out.value(height)
    out.raw(",\"seq\":")
    out.value(sequence)
    out.raw(",\"sha256\":")
    out.raw("\"")
    out.raw(sha256, 32)
    out.raw("\"")
    out.raw(",\"width\":")
    out.value(width)
    out.raw("}")
  }
}

extension SightingData.Model {
  func write(to out: inout JSONWriter) {
    func write(_ part: Part, _ out: inout JSONWriter) {
      out.raw("{\"name\":")
      out.value(part.name)
      out.raw(",\"version\":")
      out.value(part.version)
      out.raw("}")
    }
    out.raw(",\"model\":{\"detector\":")
    write(detector, &out)
    out.raw(",\"embedder\":")
    write(embedder, &out)
    out.raw(",\"matcher\":")
    write(matcher, &out)
    out.raw("}")
  }
}

extension SightingData.Provenance {
  func write(to out: inout JSONWriter) {
    out.raw(",\"provenance\":{\"config_digest\":")
    out.value(configurationDigest)
    out.raw(",\"run_id\":")
    out.value(runID)
    out.raw(",\"seed\":")
    out.value(seed)
    out.raw(",\"software_version\":")
    out.value(softwareVersion)
    out.raw("}")
  }
}

extension SightingData.Quality {
  func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw(",\"quality\":{\"method\":")
    out.value(method)
    out.raw(",\"min\":")
    try out.value(minimum)
    out.raw(",\"score\":")
    try out.value(score)
    out.raw(",\"tier\":")
    out.value(tier)
    out.raw("}")
  }
}

extension SightingData.Search {
  func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw(",\"search\":{\"exact\":")
    out.value(exact)
    out.raw(",\"gallery\":{\"digest\":")
    out.value(gallery.digest)
    out.raw(",\"id\":")
    out.value(gallery.id)
    out.raw(",\"size\":")
    out.value(gallery.size)
    out.raw(",\"version\":")
    out.value(gallery.version)
    out.raw("},\"k\":")
    out.value(k)
    out.raw(",\"metric\":")
    out.value(metric)
    out.raw(",\"threshold\":")
    try out.value(threshold)
    out.raw("}")
  }
}

extension SightingData.ThresholdBasis {
  func write(to out: inout JSONWriter) throws(EncodingError) {
    out.raw(",\"threshold_basis\":{")
    if let calibrationDigest {
      out.raw("\"calibration_digest\":")
      out.value(calibrationDigest)
      out.raw(",")
    }
    if let calibrationGallerySize {
      out.raw("\"calibration_gallery_size\":")
      out.value(calibrationGallerySize)
      out.raw(",")
    }
    out.raw("\"method\":")
    out.value(method)
    if let searchFPIR {
      out.raw(",\"search_fpir\":")
      try out.value(searchFPIR)
    }
    if let targetFPIR {
      out.raw(",\"target_fpir\":")
      try out.value(targetFPIR)
    }
    out.raw("}")
  }
}

extension SightingData.Timings {
  func write(to out: inout JSONWriter) {
    out.raw(",\"timings_us\":{")
    let fields: [(StaticString, Int?)] = [
      ("\"decode\":", decode), ("\"embed\":", embed), ("\"match\":", match),
      ("\"queue_match\":", queueMatch), ("\"scheduled_to_decode\":", scheduledToDecode),
      ("\"total\":", total),
    ]
    var isFirst = true
    for case (let key, let value?) in fields {
      if !isFirst { out.raw(",") }
      isFirst = false
      out.raw(key)
      out.value(value)
    }
    out.raw("}")
  }
}
