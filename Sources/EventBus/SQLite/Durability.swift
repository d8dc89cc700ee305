// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

/// What SQLite promises for a commit, as it reports it.
package struct Durability: Hashable, Sendable, CustomStringConvertible {
  /// `PRAGMA journal_mode`.
  package let journal: String
  /// `PRAGMA synchronous`: 0 off, 1 normal, 2 full, 3 extra.
  package let synchronous: Int

  /// Whether a commit is on the disk when it returns.
  package var isFull: Bool { journal == "wal" && synchronous >= 2 }

  package var description: String { "journal_mode=\(journal), synchronous=\(synchronous)" }

  init(_ database: Database) throws {
    journal = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
    synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0
  }
}
