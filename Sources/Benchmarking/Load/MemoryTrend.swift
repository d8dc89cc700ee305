// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How the memory of a run went: flat, if it holds what it needs and no more.
package struct MemoryTrend: Codable, Hashable, Sendable {
  /// Looks at it, a second apart.
  package var samples: Int
  package var firstBytes: Int
  package var lastBytes: Int
  package var mostBytes: Int
  /// By least squares over all samples.
  package var bytesPerMinute: Double

  /// `nil` for fewer than three samples.
  package init?(_ samples: MemorySamples, secondsApart: Double = 1) {
    guard samples.count > 2 else { return nil }
    self.samples = samples.count
    (firstBytes, lastBytes, mostBytes) = (samples.first, samples.last, samples.most)
    bytesPerMinute = samples.slope / secondsApart * 60
  }
}

/// Looks at memory, in bytes, summed up as they come: they take no more of it the longer a run lasts.
package struct MemorySamples: Sendable {
  package private(set) var count = 0
  private(set) var first = 0
  private(set) var last = 0
  private(set) var most = 0
  /// Of what lies above the first, and of that by its place.
  private var sum = 0.0
  private var placed = 0.0

  package init() {}

  /// O(1).
  package mutating func add(_ bytes: Int) {
    if count == 0 { first = bytes }
    last = bytes
    most = max(most, bytes)
    sum += Double(bytes - first)
    placed += Double(bytes - first) * Double(count)
    count += 1
  }

  /// Bytes from one look to the next, by least squares; for two looks and more.
  var slope: Double {
    let n = Double(count)
    let middle = (n - 1) / 2
    return (placed - middle * sum) / (n * (n * n - 1) / 12)
  }
}

/// Looks at the memory of the process once a second, in a task of its own.
struct MemoryWatch: Sendable {
  private let task: Task<MemorySamples, Never>

  /// Begins after `warmup` seconds.
  init(after warmup: Double) {
    task = Task.detached {
      var samples = MemorySamples()
      try? await Task.sleep(for: .seconds(warmup))
      while !Task.isCancelled {
        samples.add(Usage.residentBytes)
        try? await Task.sleep(for: .seconds(1))
      }
      return samples
    }
  }

  func cancel() { task.cancel() }

  /// Ends it.
  func trend() async -> MemoryTrend? {
    task.cancel()
    return MemoryTrend(await task.value)
  }
}
