// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking

/// What `bench bus` tells.
package struct BusBenchReport: Encodable, Sendable {
  package let logEventsPerSecond: Double
  package let bareEventsPerSecond: Double
  /// The median of the rounds' ratios.
  package let ratio: Double
  package let syncsPerSecond: Double
  package let result: BusResult
  package let command: [String]
  package let machine: DoctorReport

  package init(_ result: BusResult, machine: DoctorReport, command: [String]) {
    logEventsPerSecond = result.log
    bareEventsPerSecond = result.bare
    ratio = result.ratio
    syncsPerSecond = result.syncs
    self.result = result
    self.command = command
    self.machine = machine
  }

  package var text: String {
    let plan = result.plan
    let ratios = result.rounds.map { $0.log / $0.bare }.sorted()
    func row(_ name: String, _ values: [Double], _ median: Double) -> [String] {
      [
        name, Text.count(Int(median)), Text.count(Int(values.min() ?? 0)),
        Text.count(Int(values.max() ?? 0)),
      ]
    }
    let table = Text.table([
      ["events/s, durable", "median", "least", "most"],
      row("the log, group commit", result.rounds.map(\.log), result.log),
      row("bare loop of inserts", result.rounds.map(\.bare), result.bare),
      row("(fdatasync of 4 KiB, a second)", result.rounds.map(\.syncs), result.syncs),
    ])
    return """
      Bus: \(Text.count(plan["events"] ?? 0)) events of \(plan["bytes"] ?? 0) bytes a round, \
      \(plan["batch"] ?? 0) a commit, \(result.rounds.count) rounds; \(result.durability), SQLite \
      \(result.sqlite); load \(Text.fixed(result.loadBefore, 1)) before, \
      \(Text.fixed(result.loadAfter, 1)) after

      \(table)

      ratio \(Text.fixed(result.ratio, 2)) (rounds \(Text.fixed(ratios.first ?? 0, 2)) to \
      \(Text.fixed(ratios.last ?? 0, 2))); a commit of \
      \(Text.fixed(result.rounds.last?.meanBatch ?? 0, 0)) events takes \
      \(Text.milliseconds(result.rounds.last?.commitP50MS ?? 0)) ms at the median, p99 \
      \(Text.milliseconds(result.rounds.last?.commitP99MS ?? 0)) ms
      """
  }
}
