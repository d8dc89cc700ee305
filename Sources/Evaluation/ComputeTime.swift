// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// What a piece of work took: wall time, and the CPU time of the process on all its threads, which says
/// more where a machine is shared.
package struct ComputeTime: Codable, Hashable, Sendable {
  package let wallSeconds: Double
  package let cpuSeconds: Double

  package init(wallSeconds: Double, cpuSeconds: Double) {
    self.wallSeconds = wallSeconds
    self.cpuSeconds = cpuSeconds
  }

  /// Runs `body` and tells what it took.
  package static func measure<R>(
    _ body: () async throws -> R
  ) async rethrows -> (result: R, time: ComputeTime) {
    let start = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
    let result = try await body()
    return (
      result,
      ComputeTime(
        wallSeconds: seconds(CLOCK_MONOTONIC) - start.0,
        cpuSeconds: seconds(CLOCK_PROCESS_CPUTIME_ID) - start.1)
    )
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
