// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking
package import Galleries
package import Matching
internal import Population

/// What `bench match` tells: rows, and all that decided them.
package struct MatchReport: Encodable, Sendable {
  package struct Settings: Encodable, Sendable {
    var scenario: MatchPlan.Scenario
    var gallery: String
    var matchers: [MatcherKind]
    var batches: [Int]
    var threads: [Int]
    var candidates: Int
    var rounds: Int
    var seconds: Double
    var seed: UInt64
    var line: String
    var fpir: Double
    var p99BoundMS: Double?
  }

  package struct Conditions: Encodable, Sendable {
    var loadBefore: Double
    var loadAfter: Double
    var seconds: Double
    var peakMemoryBytes: Int
    /// What limits were measured on.
    var limitBufferBytes: Int
    var limitBufferHugePageBytes: Int?
  }

  /// False: a row is unsound or a bound was broken.
  package let valid: Bool
  package let interrupted: Bool
  package let version: String
  package let command: [String]
  package let settings: Settings
  package let gallery: GalleryDescription
  package let exactMemory: String
  package let reference: MatcherInformation
  /// The variant of the kernels of exact search.
  package let kernel: String
  package let probes: String
  package let alarmThreshold: Double
  package let rows: [MatchRow]
  package let servers: [ServerRow]
  package let conditions: Conditions
  package let machine: DoctorReport

  /// `command` is what was typed.
  package init(_ result: MatchResult, machine: DoctorReport, command: [String]) {
    let plan = result.plan
    valid = result.isValid
    interrupted = result.interrupted
    version = machine.version
    self.command = command
    settings = Settings(
      scenario: plan.scenario, gallery: plan.gallery.description, matchers: plan.matchers,
      batches: plan.batches, threads: plan.threads, candidates: plan.candidates,
      rounds: plan.rounds, seconds: plan.seconds, seed: plan.seed, line: plan.line.name,
      fpir: plan.fpir, p99BoundMS: plan.bound.map { $0 * 1e3 })
    gallery = result.gallery
    exactMemory = result.exactMemory
    reference = result.reference
    kernel = result.kernel
    probes = result.probes
    alarmThreshold = result.threshold
    rows = result.rows
    servers = result.servers
    conditions = Conditions(
      loadBefore: result.loadBefore, loadAfter: result.loadAfter, seconds: result.seconds,
      peakMemoryBytes: result.peakBytes, limitBufferBytes: result.limitBytes,
      limitBufferHugePageBytes: result.limitHugeBytes)
    self.machine = machine
  }
}
