// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Events as they come, by looking at the file's version a few times a second.
///
/// SQLite has no way to wake another process; a look costs microseconds, and nothing is fetched unless
/// something was committed.
package struct LogFollower: AsyncSequence, Sendable {
  package typealias Element = StoredEvent

  let reader: SQLiteLogReader
  let sequence: Int64
  let interval: Duration

  package func makeAsyncIterator() -> Iterator {
    Iterator(reader: reader, sequence: sequence, interval: interval)
  }

  package struct Iterator: AsyncIteratorProtocol {
    private let reader: SQLiteLogReader
    private var sequence: Int64
    private let interval: Duration
    private var fetched: ArraySlice<StoredEvent> = []
    private var version: Int?

    init(reader: SQLiteLogReader, sequence: Int64, interval: Duration) {
      self.reader = reader
      self.sequence = sequence
      self.interval = interval
    }

    /// The next event, when there is one; `nil` when the task is cancelled. Throws `BusError`.
    package mutating func next() async throws -> StoredEvent? {
      do {
        while fetched.isEmpty {
          try Task.checkCancellation()
          // The version first: what is committed between the two looks is found by the next.
          let now = try await reader.dataVersion()
          if now != version {
            fetched = try await reader.events(after: sequence, limit: 512)[...]
            // A full page may have more behind it that no new version will announce.
            version = fetched.isEmpty ? now : nil
          }
          if fetched.isEmpty { try await Task.sleep(for: interval) }
        }
      } catch {
        if Task.isCancelled { return nil }
        throw error
      }
      let event = fetched.removeFirst()
      sequence = event.sequence
      return event
    }
  }
}
