// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import Synchronization
package import SystemPackage

/// A named consumer of a log, in any process: it reads on from where it had come to.
///
/// At least once: what was handled and not yet said to be (`taken`) comes again after a crash. For an
/// effect that happens once, keep the place in the same transaction as the effect, in a store of your own,
/// begin from *that* place, and tell the log afterwards; the log's offset then only says what may be
/// dropped. Two files cannot change in one SQLite transaction once a WAL is in use, so the log's table
/// cannot be that place for an effect elsewhere.
///
/// The offset is written without a sync of its own: after a loss of power it may be a little behind, never
/// ahead.
package final class SQLiteConsumer: EventSource {
  package let name: String
  package let path: FilePath
  private let queue: DatabaseQueue
  private let position: Mutex<Int64>

  /// Opens the log at `path` beside whoever writes to it, and adds the consumer if it is not there.
  /// An earlier version of the file is brought up to date, which needs that nobody writes to it.
  package init(
    _ name: String, on path: FilePath, from start: ConsumerOffset.Start = .beginning
  ) throws(BusError) {
    self.name = name
    self.path = path
    do {
      queue = try LogTables.open(path)
      position = Mutex(try queue.write { try ConsumerTable.add(name, start, $0) })
    } catch {
      throw BusError(error, path)
    }
  }

  /// The place up to which everything was handed out by `next`.
  package var place: Int64 { position.withLock { $0 } }

  /// Reads on after `sequence`, whatever the log's offset says.
  package func seek(after sequence: Int64) { position.withLock { $0 = max(0, sequence) } }

  package func next(limit: Int = 512) async throws(BusError) -> [StoredEvent] {
    let place = place
    do {
      let events = try await queue.read {
        try StoredEvent.fetch($0, after: place, "seq > ? ORDER BY seq LIMIT ?", [place, limit])
      }
      if let last = events.last { position.withLock { $0 = max($0, last.sequence) } }
      return events
    } catch {
      throw BusError(error, path)
    }
  }

  package func taken(through sequence: Int64) async throws(BusError) {
    let name = name
    do {
      try await queue.write { try ConsumerTable.move(name, to: sequence, $0) }
    } catch {
      throw BusError(error, path)
    }
  }

  /// Keeps events apart that could not be brought where they belong; they are no longer this consumer's to
  /// take in turn.
  func park(_ events: [ParkedEvent]) async throws(BusError) {
    let name = name
    do {
      try await queue.write {
        try ParkedTable.park(events, for: name, at: WallTime.microseconds(), $0)
      }
    } catch {
      throw BusError(error, path)
    }
  }

  package func close() async throws(BusError) {
    do {
      try queue.close()
    } catch {
      throw BusError(error, path)
    }
  }
}
