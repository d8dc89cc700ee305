// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How long something still takes, as far as that can be believed.
package enum TimeLeft {
  /// Seconds after a start in which a rate tells more of the start than of what follows.
  package static let settling = 3.0

  /// Seconds; `nil` while they would be a guess.
  ///
  /// - Parameters:
  ///   - done: of `total`, in the `elapsed` seconds since the beginning.
  ///   - planned: seconds that it takes in all whatever the rate, as what comes at its own pace does.
  package static func seconds(
    done: Int, of total: Int, elapsed: Double, planned: Double? = nil
  ) -> Double? {
    if let planned { return max(0, planned - elapsed) }
    guard done > 0, elapsed >= settling else { return nil }
    return Double(max(0, total - done)) * elapsed / Double(done)
  }
}
