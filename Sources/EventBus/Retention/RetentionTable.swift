// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import Sightings

/// The table `retention`: the policy, and how far it was carried out.
enum RetentionTable {
  /// What went.
  struct Dropped {
    var events = 0
    /// Times an event went that a consumer had not read.
    var lost = 0
  }

  /// Kept whatever the policy: a run needs them to go on.
  private static let unpinned = """
    NOT EXISTS (SELECT 1 FROM last_events AS l
      WHERE l.camera = events.partition_key AND l.seq = events.seq)
    AND NOT EXISTS (SELECT 1 FROM open_sightings AS o
      WHERE o.subject = events.subject AND o.seq = events.seq)
    """

  /// Kept for a consumer that could not bring it where it belongs, unless the oldest goes whatever happens.
  private static let unparked = """
    NOT EXISTS (SELECT 1 FROM parked AS p WHERE p.seq = events.seq)
    """

  static func policy(_ database: Database) throws -> RetentionPolicy {
    guard
      let row = try Row.fetchOne(
        database.cachedStatement(
          sql: "SELECT max_age_us, max_events, max_bytes, when_full FROM retention"))
    else { return RetentionPolicy() }
    var policy = RetentionPolicy()
    policy.maximumAge = (row[0] as Int64?).map { .microseconds($0) }
    policy.maximumEvents = row[1]
    policy.maximumBytes = row[2]
    policy.whenFull = RetentionPolicy.WhenFull(rawValue: row[3]) ?? .block
    return policy
  }

  static func set(_ policy: RetentionPolicy, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE retention SET max_age_us = ?, max_events = ?, max_bytes = ?, when_full = ?",
      arguments: [
        policy.maximumAge.map { $0.wholeMicroseconds }, policy.maximumEvents, policy.maximumBytes,
        policy.whenFull.rawValue,
      ])
  }

  /// Drops what the policy keeps no longer, oldest first, up to about `limit` events, so that no commit
  /// takes long: a lower limit on a long log is reached over many commits.
  ///
  /// Throws `held` when the log is beyond its limits and what is oldest is kept for a consumer; not if
  /// `mayHold` is false. O(log n + dropped).
  static func enforce(
    _ database: Database, now: Int64, atMost limit: Int, mayHold: Bool = true
  ) throws -> Dropped {
    let policy = try policy(database)
    var dropped = Dropped()
    guard policy.isLimited else { return dropped }
    let end = try ConsumerTable.end(database)
    var floor = try Int64.fetchOne(database, sql: "SELECT dropped_to FROM retention") ?? 0
    let slowest = try Row.fetchOne(
      database, sql: "SELECT name, seq FROM consumers ORDER BY seq LIMIT 1")
    let taken: Int64? = slowest?["seq"]
    let read = policy.whenFull == .block ? taken ?? end : end
    let stop = min(end, floor + Int64(max(limit, 1)))

    if let age = policy.maximumAge {
      let old = try lastArrived(
        before: now - age.wholeMicroseconds, after: floor, to: stop, database)
      try drop(to: min(old, read), policy, &floor, &dropped, database)
    }
    if let most = policy.maximumEvents.map(Int64.init), end - floor > most {
      try drop(to: min(end - most, read, stop), policy, &floor, &dropped, database)
      if mayHold, end - floor > most, floor >= read { throw held(policy, slowest, database) }
    }
    if let most = policy.maximumBytes {
      while floor < min(end, stop), try usedBytes(database) > most {
        guard floor < read else {
          if mayHold { throw held(policy, slowest, database) }
          break
        }
        try drop(to: min(floor + 128, read, stop), policy, &floor, &dropped, database)
      }
    }
    if mayHold, policy.whenFull == .block {
      let parked = try ParkedTable.count(database)
      if parked > 0, policy.maximumEvents.map({ parked >= $0 }) ?? false {
        throw heldParked(policy, parked)
      }
      if parked > 0, let most = policy.maximumBytes, floor >= end, try usedBytes(database) > most {
        throw heldParked(policy, parked)
      }
    }
    return dropped
  }

  /// Bytes of the pages that hold something.
  static func usedBytes(_ database: Database) throws -> Int {
    func pragma(_ name: String) throws -> Int {
      try Int.fetchOne(database.cachedStatement(sql: "PRAGMA \(name)")) ?? 0
    }
    return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
  }

  /// A place up to `end` whose event came before `time`, and so did all before it; found by halving.
  ///
  /// By the machine's clock arrival rises with the place, and this is the last such place. Where the clock was
  /// set back, it may be an earlier one: events then go later than they might, and none before one that came
  /// after it.
  private static func lastArrived(
    before time: Int64, after floor: Int64, to end: Int64, _ database: Database
  ) throws -> Int64 {
    let arrival = try database.cachedStatement(
      sql: "SELECT appended_us FROM events WHERE seq >= ? ORDER BY seq LIMIT 1")
    var (low, high) = (floor, end)
    while low < high {
      let middle = low + (high - low + 1) / 2
      let came = try Int64.fetchOne(arrival, arguments: [middle]) ?? Int64.max
      if came < time { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private static func drop(
    to place: Int64, _ policy: RetentionPolicy, _ floor: inout Int64, _ dropped: inout Dropped,
    _ database: Database
  ) throws {
    guard place > floor else { return }
    // What was kept as somebody's last event may not be that any more: looked at anew now and then, since
    // there may be thousands.
    let sweeps = place / 8192 != floor / 8192
    let first = sweeps ? 0 : floor
    let isFree = policy.whenFull == .block ? "\(unpinned) AND \(unparked)" : unpinned
    try database.cachedStatement(
      sql: """
        UPDATE consumers SET lost = lost + (
          SELECT count(*) FROM events WHERE seq > max(consumers.seq, ?) AND seq <= ? AND \(isFree))
        WHERE seq < ?
        """
    ).execute(arguments: [first, place, place])
    if database.changesCount > 0 {
      dropped.lost +=
        try Int.fetchOne(
          database.cachedStatement(
            sql: """
              SELECT count(*) FROM consumers JOIN events
              ON events.seq > max(consumers.seq, ?) AND events.seq <= ? AND \(isFree)
              """), arguments: [first, place]) ?? 0
    }
    try database.cachedStatement(
      sql: "DELETE FROM events WHERE seq > ? AND seq <= ? AND \(isFree)"
    ).execute(arguments: [first, place])
    let gone = database.changesCount
    dropped.events += gone
    if policy.whenFull == .dropOldest, try ParkedTable.count(database) > 0 {
      dropped.lost += try ParkedTable.lose(to: place, database)
    }
    try database.cachedStatement(
      sql: "UPDATE retention SET dropped_to = ?, dropped = dropped + ?"
    ).execute(arguments: [place, gone])
    floor = place
  }

  private static func heldParked(_ policy: RetentionPolicy, _ parked: Int) -> BusError {
    BusError(
      .held,
      "the bus is full: it keeps \(limit(policy)), and \(parked) events are parked that could not be "
        + "forwarded; put that right and run `sightline bus forward --retry-parked`, or raise the limit"
    )
  }

  private static func limit(_ policy: RetentionPolicy) -> String {
    policy.maximumEvents.map { "\($0) events" } ?? policy.maximumBytes.map { "\($0) bytes" } ?? ""
  }

  private static func held(
    _ policy: RetentionPolicy, _ slowest: Row?, _ database: Database
  ) -> BusError {
    let name: String = slowest?["name"] ?? ""
    let place: Int64 = slowest?["seq"] ?? 0
    return BusError(
      .held,
      "the bus is full: it keeps \(limit(policy)) and consumer '\(name)' has read only to \(place); start "
        + "that consumer, raise the limit, or drop it with `sightline bus consumer '\(name)' --drop`"
    )
  }
}
