// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import SystemPackage

extension SQLiteLogReader {
  /// O(n) in the number of events, but cheap: only an index is read.
  package func statistics() async throws(BusError) -> LogStatistics {
    try await read { database in
      func mark(_ order: String) throws -> LogStatistics.Mark? {
        try Row.fetchOne(
          database, sql: "SELECT seq, time_us FROM events ORDER BY seq \(order) LIMIT 1"
        ).map { .init(sequence: $0["seq"], timeMicroseconds: $0["time_us"]) }
      }
      return LogStatistics(
        count: try Int.fetchOne(database, sql: "SELECT count(*) FROM events") ?? 0,
        first: try mark("ASC"), last: try mark("DESC"))
    }
  }

  /// Everything there is to know of the log without reading its events' bodies. O(n); reads in pieces, so that
  /// a writer beside it can go on tidying its WAL. `progress` is told places.
  package func survey(
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(BusError) -> LogSurvey {
    var survey = try await standing()
    let end = survey.end
    // Pieces end where consumers stand, so that what each has before it can be summed up.
    let stops = Set(survey.consumers.map(\.sequence))
    var place: Int64 = 0
    while place < end {
      let last = min(end, place + 20_000)
      let stop = stops.filter { $0 > place && $0 < last }.min() ?? last
      let piece = try await piece(after: place, to: stop)
      survey.add(piece, after: place)
      place = max(stop, piece.next.map { $0 - 1 } ?? end)
      progress(Int(place), Int(end))
    }
    return survey
  }

  /// What can be told at once.
  private func standing() async throws(BusError) -> LogSurvey {
    let version = version
    let wal = try FileFacts.size(.init(path.string + "-wal"))
    let size = try FileFacts.size(path)
    return try await read { database in
      var survey = LogSurvey(version: Int(version), end: try ConsumerTable.end(database))
      survey.runs = try Dictionary(
        uniqueKeysWithValues: Row.fetchAll(
          database, sql: "SELECT state, count(*) FROM runs GROUP BY state"
        ).map { ($0[0] as String, $0[1] as Int) })
      survey.open =
        try Int.fetchOne(database, sql: "SELECT count(*) FROM open_sightings") ?? 0
      survey.bytes = .init(
        file: size, wal: wal, used: try RetentionTable.usedBytes(database))
      if version >= 2 {
        survey.consumers = try ConsumerTable.all(database).map { LogSurvey.Consumer($0) }
        if version >= 3 {
          let parked = try ParkedTable.counts(database)
          for index in survey.consumers.indices {
            guard let mine = parked[survey.consumers[index].name] else { continue }
            survey.consumers[index].parked = mine.count
            survey.consumers[index].parkedReason = mine.reason
          }
        }
        survey.retention = .init(try RetentionTable.policy(database))
        let row = try Row.fetchOne(database, sql: "SELECT dropped_to, dropped FROM retention")
        survey.retention.droppedTo = row?[0] ?? 0
        survey.retention.dropped = row?[1] ?? 0
      }
      return survey
    }
  }

  private func piece(
    after place: Int64, to end: Int64
  ) async throws(BusError) -> LogSurvey.Piece {
    try await read { database in
      var piece = LogSurvey.Piece()
      let rows = try Row.fetchCursor(
        database.cachedStatement(
          sql: """
            SELECT type, partition_key, count(*), min(seq), max(seq), min(time_us), max(time_us)
            FROM events WHERE seq > ? AND seq <= ? GROUP BY type, partition_key
            """), arguments: [place, end])
      while let row = try rows.next() {
        let count: Int = row[2]
        piece.types[row[0], default: 0] += count
        piece.cameras[row[1], default: 0] += count
        piece.count += count
        piece.first = min(piece.first ?? Int64.max, row[3])
        piece.last = max(piece.last ?? 0, row[4])
        piece.earliest = min(piece.earliest ?? Int64.max, row[5])
        piece.latest = max(piece.latest ?? Int64.min, row[6])
      }
      piece.next = try Int64.fetchOne(
        database.cachedStatement(
          sql: "SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT 1"), arguments: [end])
      return piece
    }
  }
}
