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

  /// `nil` for fewer than three samples. O(n).
  package init?(_ bytes: [Int], secondsApart: Double = 1) {
    guard bytes.count > 2, let first = bytes.first, let last = bytes.last, let most = bytes.max()
    else { return nil }
    samples = bytes.count
    firstBytes = first
    lastBytes = last
    mostBytes = most
    let middle = Double(bytes.count - 1) / 2
    let mean = bytes.reduce(0.0) { $0 + Double($1) } / Double(bytes.count)
    var (products, squares) = (0.0, 0.0)
    for (index, value) in bytes.enumerated() {
      let distance = Double(index) - middle
      products += distance * (Double(value) - mean)
      squares += distance * distance
    }
    bytesPerMinute = products / squares / secondsApart * 60
  }
}

/// Looks at the memory of the process once a second, in a task of its own.
struct MemoryWatch: Sendable {
  private let task: Task<[Int], Never>

  /// Begins after `warmup` seconds.
  init(after warmup: Double) {
    task = Task.detached {
      var bytes: [Int] = []
      try? await Task.sleep(for: .seconds(warmup))
      while !Task.isCancelled {
        bytes.append(Usage.residentBytes)
        try? await Task.sleep(for: .seconds(1))
      }
      return bytes
    }
  }

  func cancel() { task.cancel() }

  /// Ends it.
  func trend() async -> MemoryTrend? {
    task.cancel()
    return MemoryTrend(await task.value)
  }
}
