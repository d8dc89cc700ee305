// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

/// What a check of a whole log found.
package struct LogVerification: Hashable, Sendable, Encodable {
  /// Events that were read.
  package internal(set) var events = 0
  /// The first faults, each in one line.
  package internal(set) var faults: [String] = []
  package internal(set) var faultCount = 0
  /// What is no fault, but should be known.
  package internal(set) var notes: [String] = []
  /// Sightings that are open.
  package internal(set) var open = 0

  package var isSound: Bool { faultCount == 0 }

  mutating func fault(_ text: String) {
    faultCount += 1
    if faults.count < 10 { faults.append(text) }
  }
}

extension SQLiteLogReader {
  /// Reads the whole log and checks it: SQLite's own structure; every event against its row and its id; the
  /// numbers of each camera; the life of each sighting; and that what is open can still be closed.
  ///
  /// Beside a writer it checks what there is when it comes to the end. O(n); `progress` is told places.
  package func verify(
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(BusError) -> LogVerification {
    var result = LogVerification()
    let version = version
    let (structure, floor) = try await read { database in
      (
        try String.fetchAll(database, sql: "PRAGMA integrity_check(10)"),
        version < 2
          ? Int64(0) : try Int64.fetchOne(database, sql: "SELECT dropped_to FROM retention") ?? 0
      )
    }
    for line in structure where line != "ok" {
      result.fault("\(path): SQLite finds: \(line.split(separator: "\n").joined(separator: "; "))")
    }
    guard result.isSound else { return result }

    var audit = SightingAudit(floor: floor)
    var place: Int64 = 0
    let end = try await read { try ConsumerTable.end($0) }
    while place < end {
      let page = try await events(after: place, limit: 1000)
      guard let last = page.last else { break }
      // The first place is 1, so without retention nothing may be missing before the first event.
      if place == 0, floor == 0, page[0].sequence != 1 {
        result.fault(
          "the events before place \(page[0].sequence) are gone, and no limit made them go")
      }
      place = last.sequence
      for event in page { result.check(event, &audit) }
      progress(Int(place), Int(end))
    }
    // What came meanwhile, and what stands beside the events, as of one moment.
    let after = place
    let standing = try await read { database in
      try Standing(database, after: after, version: version)
    }
    for event in standing.rest { result.check(event, &audit) }
    result.settle(audit, standing)
    return result
  }

  /// What the log says of itself beside its events.
  struct Standing: Sendable {
    let rest: [StoredEvent]
    let open: Set<String>
    let runs: [String: String]
    let end: Int64
    let consumers: [ConsumerOffset]

    init(_ database: Database, after place: Int64, version: Int32) throws {
      rest = try StoredEvent.fetch(database, after: place, "seq > ? ORDER BY seq", [place])
      open = try Set(String.fetchAll(database, sql: "SELECT subject FROM open_sightings"))
      runs = try Dictionary(
        uniqueKeysWithValues: Row.fetchAll(database, sql: "SELECT run_id, state FROM runs")
          .map { ($0[0] as String, $0[1] as String) })
      end = try ConsumerTable.end(database)
      consumers = version < 2 ? [] : try ConsumerTable.all(database)
    }
  }
}

extension LogVerification {
  fileprivate mutating func check(_ stored: StoredEvent, _ audit: inout SightingAudit) {
    events += 1
    let wrong =
      stored.record.type.hasPrefix("org.sightline.sighting.")
      ? audit.fault(stored) : EnvelopeCheck.fault(stored.record)
    if let wrong { fault("event \(stored.sequence) \(wrong)") }
  }

  fileprivate mutating func settle(_ audit: SightingAudit, _ standing: SQLiteLogReader.Standing) {
    let open = audit.openRuns(listed: standing.open)
    self.open = open.count
    for subject in open.keys.sorted() where !standing.open.contains(subject) {
      fault("sighting \(subject) is open, but the log does not list it as open")
    }
    for subject in standing.open.sorted() where open[subject] == nil {
      fault("sighting \(subject) is listed as open, but its events do not say so")
    }
    var live = 0
    var elsewhere = 0
    for (subject, run) in open.sorted(by: { $0.key < $1.key }) {
      switch standing.runs[run] {
      case "running", "stopped": live += 1
      case nil: elsewhere += 1
      default: fault("sighting \(subject) was never closed, though run \(run) has finished")
      }
    }
    if live > 0 {
      notes.append("\(live) open sightings are of runs that go on, or that the next run closes")
    }
    if elsewhere > 0 { notes.append("\(elsewhere) open sightings are of runs on another log") }
    for camera in audit.partial.sorted().prefix(5) {
      notes.append("\(camera): its events before the first here are on another log or were dropped")
    }
    for consumer in standing.consumers where consumer.sequence > standing.end {
      fault(
        "consumer '\(consumer.name)' has read to \(consumer.sequence), but the log ends at "
          + "\(standing.end)")
    }
  }
}
