// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// Follows the sightings of a log, event by event, and tells what does not fit together.
///
/// Memory: what is open, a number for each camera, and eight bytes for each sighting that was closed.
struct SightingAudit: Sendable {
  /// A camera of one installation.
  private struct Camera {
    var number: Int64
    var place: Int64
  }

  private struct Open {
    var revision: Int
    var run: String
    /// Of its last event here.
    var place: Int64
  }

  /// Up to here old events were dropped: what begins before may lack its beginning.
  let floor: Int64
  private var cameras: [String: Camera] = [:]
  /// Cameras whose first event here is not their first.
  private(set) var partial: Set<String> = []
  private var open: [String: Open] = [:]
  private var closed: Set<UInt64> = []

  init(floor: Int64) { self.floor = floor }

  /// The sightings that are open, with the run that opened each: those that the log lists, and those whose
  /// last event was not left over when others were dropped. An event that was kept while its sighting was
  /// open goes some time after the one that closed it.
  func openRuns(listed: Set<String>) -> [String: String] {
    open.filter { $0.value.place > floor || listed.contains($0.key) }.mapValues(\.run)
  }

  /// What is wrong with the next event; `nil` if nothing is.
  mutating func fault(_ stored: StoredEvent) -> String? {
    let event: SightingEvent
    do {
      event = try SightingEvent(json: stored.record.body)
    } catch {
      return "is no sighting this version reads: \(Self.short(error))"
    }
    let record = stored.record
    for (column, told, found) in [
      ("id", record.id, event.id), ("type", record.type, event.type),
      ("subject", record.subject, event.subject),
      ("partition_key", record.partitionKey, event.partitionKey),
      ("time_us", "\(record.timeMicroseconds)", "\(event.time.microseconds)"),
    ] where told != found {
      return "has \(column) \(told) beside an event that says \(found)"
    }
    let id = Identifiers.event(
      run: event.data.provenance.runID, camera: event.data.camera.id,
      sighting: event.data.sightingID, phase: event.data.phase, revision: event.data.revision)
    guard id == event.id else { return "has the id \(event.id), which should be \(id)" }
    return number(event, at: stored.sequence) ?? revision(event, at: stored.sequence)
  }

  /// The camera's numbers rise by one.
  private mutating func number(_ event: SightingEvent, at place: Int64) -> String? {
    let before = cameras.updateValue(
      Camera(number: event.sequence, place: place), forKey: event.source)
    guard let before else {
      if event.sequence != 1 { partial.insert(event.source) }
      return nil
    }
    // Of dropped events the last of each camera may be left.
    let gap = before.place <= floor
    guard event.sequence == before.number + 1 || (gap && event.sequence > before.number) else {
      return
        "has number \(event.sequence) of \(event.partitionKey), after number \(before.number)"
    }
    return nil
  }

  /// A sighting is opened, updated and closed, each once and in its order.
  private mutating func revision(_ event: SightingEvent, at place: Int64) -> String? {
    let subject = event.subject
    let key = UInt64(subject, radix: 16) ?? UInt64(bitPattern: Int64(subject.hashValue))
    if closed.contains(key) { return "comes after its sighting \(subject) was closed" }
    let before = open[subject]
    let (phase, revision) = (event.data.phase, event.data.revision)
    if phase == .closed {
      open[subject] = nil
      closed.insert(key)
    } else {
      open[subject] = Open(
        revision: revision, run: event.data.provenance.runID, place: place)
    }
    if let before {
      if phase == .opened { return "opens sighting \(subject) again" }
      let dropped = before.place <= floor
      guard revision == before.revision + 1 || (dropped && revision > before.revision) else {
        return "has revision \(revision) of sighting \(subject), after \(before.revision)"
      }
      return nil
    }
    if phase == .opened {
      return revision == 1 ? nil : "opens sighting \(subject) with revision \(revision)"
    }
    // Its beginning may have been dropped, or never have been brought here.
    return floor > 0 || partial.contains(event.source)
      ? nil : "is of sighting \(subject), which was never opened"
  }

  private static func short(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return (path.isEmpty ? "" : "\(path): ") + context.debugDescription
  }
}
