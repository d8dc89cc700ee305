// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Galleries
package import Population
package import SystemPackage

/// What `bench match` is to measure.
package struct MatchPlan: Sendable {
  /// How queries come, in the words of MLPerf Inference.
  package enum Scenario: String, CaseIterable, Codable, Hashable, Sendable {
    /// The next query when the last is answered; a query has as many probes as the batch.
    case single
    /// All probes are there; searched in batches, one after another.
    case offline
    /// Queries of one probe arrive as a Poisson process; those that wait are searched together.
    case server
  }

  package var gallery: GalleryArgument
  package var matchers: [MatcherKind]
  /// Probes of a search; in `server` the most that share one.
  package var batches: [Int]
  package var threads: [Int]
  package var scenario: Scenario
  package var candidates = 10
  /// What p99 must stay under in `server`, in seconds.
  package var bound: Double?
  package var rounds = 7
  /// Least measured time: of a row, rounds together, or of a server run.
  package var seconds: Double
  package var seed: UInt64 = 1
  package var line = QualityLine.default
  /// Mated probes, and as many non-mated ones, that agreement is judged on.
  package var judged = 1000
  /// Which false alarms count: those at or above the threshold of this FPIR.
  package var fpir = 0.01
  /// Probes from a file instead of drawn ones.
  package var probes: FilePath?
  /// Codes that `sketch` reranks; `nil` for its own choice.
  package var listLength: Int?

  package init(
    gallery: GalleryArgument, matchers: [MatcherKind], batches: [Int], threads: [Int],
    scenario: Scenario, seconds: Double
  ) {
    self.gallery = gallery
    self.matchers = matchers
    self.batches = batches
    self.threads = threads
    self.scenario = scenario
    self.seconds = seconds
  }

  /// Threads of the work that is not measured.
  var mostThreads: Int { threads.max() ?? 1 }

  // MARK: - What it will take

  /// A line of the plan: bytes of memory, and what they are for.
  package struct Memory: Codable, Hashable, Sendable {
    package let label: String
    package let bytes: Int
  }

  /// Memory by use, of `gallery` opened.
  package func memory(_ gallery: BenchGallery) -> [Memory] {
    var uses = [
      Memory(label: "float32 templates, for what exact search finds", bytes: gallery.templateBytes)
    ]
    for kind in matchers where kind != .exact {
      uses.append(
        Memory(
          label: "\(kind.rawValue) gallery",
          bytes: gallery.size * kind.bytesPerTemplate(dimension: gallery.dimension)))
    }
    let pool = self.probes == nil && gallery.population != nil ? 2 * judged : judged
    // Each contender's lists beside those of exact search, 16 bytes a candidate.
    uses.append(
      Memory(
        label: "probes and their lists",
        bytes: pool * (gallery.dimension * 4 + (matchers.count + 1) * candidates * 16)))
    uses.append(Memory(label: "buffer to measure limits on", bytes: limitBytes(gallery)))
    return uses
  }

  func limitBytes(_ gallery: BenchGallery) -> Int {
    let most = matchers.map { $0.bytesPerTemplate(dimension: gallery.dimension) }.max() ?? 1
    let probes = max(batches.max() ?? 1, ClosedLoop.peakBatch) * gallery.dimension * 4
    return max(min(max(gallery.size * most, 1 << 24), LimitBuffer.largest), probes)
  }

  /// A server run must be so many times as long as the bound, or a queue that grows without end would
  /// not be late before the run is over.
  package static let boundsPerRun = 20.0

  /// Refuses what does not fit, before anything is taken.
  package func requireMemory(
    _ gallery: BenchGallery, available: Int? = SystemMemory.availableBytes
  ) throws(BenchmarkError) {
    let uses = memory(gallery)
    let total = uses.reduce(0) { $0 + $1.bytes }
    guard let available, total > available else { return }
    let largest = uses.max { $0.bytes < $1.bytes }
    throw BenchmarkError(
      .doesNotFit,
      "this bench needs \(total) bytes of memory, \(largest?.bytes ?? 0) of them for "
        + "\(largest?.label ?? "templates"), and \(available) are available; use fewer templates, or "
        + "free memory")
  }

  /// Seconds, to a factor of three or so, by what common machines do: 2e6 templates drawn and 6e10
  /// multiply-adds a second and thread.
  package func estimatedSeconds(_ gallery: BenchGallery) -> Double {
    let n = Double(gallery.size)
    let pool = Double(probes == nil && gallery.population != nil ? 2 * judged : judged)
    let most = Double(mostThreads)
    let search = n * Double(gallery.dimension) / 6e10
    let ready = n / 2e6 / most + pool * search / most * Double(1 + matchers.count)
    if scenario == .server {
      // A dozen short runs and a long one.
      return ready + Double(matchers.count * threads.count) * (12 * max(seconds / 4, 2) + seconds)
    }
    var total = ready
    for thread in threads {
      for batch in batches {
        // Matchers, a stream each and sgemm; with one search for warming up.
        let least = Double(rounds + 1) * Double(batch) * search / Double(thread)
        total += Double(2 * matchers.count + 1) * max(seconds, least)
      }
    }
    return total
  }
}
