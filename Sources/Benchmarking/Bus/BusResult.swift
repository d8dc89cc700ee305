// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What `bench bus` measured: by round, ours and the bare loop in turn on the same disk.
package struct BusResult: Encodable, Sendable {
  package struct Round: Encodable, Sendable {
    /// Events a second, durable: our log by its group commit.
    package let log: Double
    /// Events a second, durable: a loop of inserts, the same batch in one transaction, nothing else.
    package let bare: Double
    /// 4 KiB written and synced by `fdatasync`, times a second: what the disk gives whoever syncs.
    package let syncs: Double
    /// Of the log's commits, in milliseconds.
    package let commitP50MS: Double
    package let commitP99MS: Double
    /// Of the log's commits.
    package let meanBatch: Double
  }

  package let plan: [String: Int]
  package let rounds: [Round]
  package let durability: String
  package let sqlite: String
  package let loadBefore: Double
  package let loadAfter: Double
  package let interrupted: Bool

  package var log: Double { rounds.map(\.log).median ?? 0 }
  package var bare: Double { rounds.map(\.bare).median ?? 0 }
  package var syncs: Double { rounds.map(\.syncs).median ?? 0 }
  /// The median of the rounds' ratios, so that what else the machine did falls on both sides alike.
  package var ratio: Double { rounds.map { $0.log / $0.bare }.median ?? 0 }
}
