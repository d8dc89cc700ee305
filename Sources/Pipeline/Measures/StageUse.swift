// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The stage that is busiest for the threads it has.
package struct Bottleneck: Codable, Hashable, Sendable {
  package var stage: String
  /// Share of time in which its threads were at work; of those that it shares with others, at all of it together.
  package var utilisation: Double
}

/// How busy stages were for the threads that they have.
package struct StageUse: Sendable {
  private let shares: [Stage: Double]

  /// - Parameters:
  ///   - nanoseconds: of the time that was measured.
  ///   - workers: threads that read, decode, locate and embed; each other stage has one.
  ///   - earlier: work that was done before that time, in nanoseconds.
  package init(
    _ measures: StageMeasures, over nanoseconds: UInt64, workers: Int,
    without earlier: [Stage: UInt64] = [:]
  ) {
    shares = measures.busy.reduce(into: [:]) { shares, entry in
      let threads = entry.key.isWorkers ? workers : 1
      let busy = entry.value - min(entry.value, earlier[entry.key] ?? 0)
      shares[entry.key] =
        Double(busy) / Double(max(nanoseconds, 1)) / Double(max(threads, 1))
    }
  }

  /// Share of its threads' time in which a stage was at work.
  package func share(of stage: Stage) -> Double { shares[stage] ?? 0 }

  /// Workers' stages share their threads, so they count together, and the largest of them is named; `nil` where
  /// nothing was done.
  package var bottleneck: Bottleneck? {
    let workers = Stage.allCases.filter(\.isWorkers)
    let largest = workers.max { share(of: $0) < share(of: $1) }
    let together = workers.reduce(0) { $0 + share(of: $1) }
    let others = Stage.allCases.filter { !$0.isWorkers }.map { ($0, share(of: $0)) }
    let all = others + (largest.map { [($0, together)] } ?? [])
    return all.max { $0.1 < $1.1 }.flatMap {
      $0.1 > 0 ? Bottleneck(stage: $0.0.rawValue, utilisation: $0.1) : nil
    }
  }
}

extension Stage {
  /// Whether the stage runs on the workers' threads; else it has one of its own.
  package var isWorkers: Bool {
    switch self {
    case .read, .decode, .locate, .embed: true
    case .match, .track, .publish: false
    }
  }
}
