// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
internal import FoundationEssentials
internal import Matching
internal import Population

/// What `sightline bench truth` tells.
package struct TruthReport: Encodable {
  package let gallerySize: Int
  package let populationSeed: UInt64
  package let populationDigest: String
  package let truthDigest: String
  package let cacheFolder: String
  package let mated: Int
  package let nonMated: Int
  package let line: String
  package let condition: String
  package let draw: UInt64
  package let k: Int
  package let threads: Int
  package let shards: Int
  package let shardsComputed: Int
  package let shardsRejected: Int
  package let templatesCompared: Int
  package let time: ComputeTime
  /// Mean number of processes that wanted a CPU over the minute before the end.
  package let load: Double?
  /// Mated searches with their mate first.
  package let rankOne: RateReport

  package init(
    _ truth: GroundTruth, _ outcome: GroundTruth.Outcome, cache: TruthCache, threads: Int,
    time: ComputeTime
  ) {
    gallerySize = truth.gallerySize
    populationSeed = truth.probes.population.description.seed
    populationDigest = "\(truth.probes.population.digest)"
    truthDigest = "\(truth.digest)"
    cacheFolder = "\(cache.folder(of: truth))"
    mated = truth.probes.mated.count
    nonMated = truth.probes.strangers.count
    line = truth.probes.line.name
    condition = truth.probes.condition.description
    draw = truth.probes.draw
    k = truth.k
    self.threads = threads
    shards = truth.shards.count
    shardsComputed = outcome.computed
    shardsRejected = outcome.rejected
    templatesCompared = outcome.templates
    self.time = time
    load = MachineLoad.now
    let first = truth.probes.mated.enumerated().count { place, identity in
      outcome.lists[place].first?.subject == identity
    }
    rankOne = RateReport(Proportion(first, of: mated))
  }

  /// Several lines for people.
  package var text: String {
    let probes = mated + nonMated
    var text = """
      truth     \(Text.count(mated)) mated and \(Text.count(nonMated)) non-mated probes, line \(line), \
      \(condition), in \(Text.count(gallerySize)) templates, k = \(k)
      kept in   \(cacheFolder) (remove it to have it computed again)
      shards    \(shards): \(shardsComputed) computed, \(shards - shardsComputed) read
      """
    if shardsRejected > 0 { text += ", \(shardsRejected) of the files damaged" }
    if templatesCompared > 0 {
      let rate = Double(templatesCompared) / time.wallSeconds
      let each = time.cpuSeconds / Double(templatesCompared) / Double(max(probes, 1)) * 1e9
      text += """

        time      \(Text.fixed(time.wallSeconds, 1)) s, CPU \(Text.fixed(time.cpuSeconds, 1)) s, \
        \(threads) threads\(load.map { ", load \(Text.fixed($0, 1))" } ?? "")
        speed     \(Text.count(Int(rate))) templates/s, each against \(Text.count(probes)) probes: \
        \(Text.fixed(each, 3)) ns of CPU a product
        """
    }
    return text + "\nrank one  \(rankOne.text) mated searches have their mate first"
  }
}

/// A proportion with its 95 % interval written out.
package struct RateReport: Encodable {
  package let count: Int
  package let trials: Int
  package let rate: Double?
  package let low: Double
  package let high: Double

  package init(_ proportion: Proportion) {
    count = proportion.count
    trials = proportion.trials
    rate = proportion.rate
    low = proportion.interval.lowerBound
    high = proportion.interval.upperBound
  }

  package var text: String {
    guard let rate else { return "none of 0" }
    return "\(Text.count(count)) of \(Text.count(trials)) (\(Text.fixed(rate, 4)), 95 % interval "
      + "\(Text.fixed(low, 4)) to \(Text.fixed(high, 4)))"
  }
}

/// How busy the machine is.
enum MachineLoad {
  /// The system's one-minute load average; `nil` where it does not tell.
  static var now: Double? {
    FileManager.default.contents(atPath: "/proc/loadavg").flatMap {
      String(decoding: $0, as: UTF8.self).split(separator: " ").first.flatMap { Double($0) }
    }
  }
}
