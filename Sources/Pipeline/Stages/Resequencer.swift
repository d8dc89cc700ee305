// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Puts the frames of each lane back into the order they came in.
///
/// Workers finish out of order. At most as many frames are held as are in flight.
package struct Resequencer {
  private var next: [Int]
  private var held: [[Int: (frame: ProcessedFrame, since: UInt64)]]

  package init(lanes: Int) {
    next = [Int](repeating: 0, count: lanes)
    held = [[Int: (frame: ProcessedFrame, since: UInt64)]](repeating: [:], count: lanes)
  }

  /// Frames that wait for an earlier one.
  package var waiting: Int { held.reduce(0) { $0 + $1.count } }

  /// Takes a frame and gives back those that are now in order, with the nanoseconds each was held.
  package mutating func take(_ frame: ProcessedFrame) -> [(frame: ProcessedFrame, held: UInt64)] {
    let lane = frame.ticket.lane
    let now = Monotonic.now()
    held[lane][frame.ticket.order] = (frame, now)
    var ready: [(frame: ProcessedFrame, held: UInt64)] = []
    while let found = held[lane].removeValue(forKey: next[lane]) {
      next[lane] += 1
      ready.append((found.frame, now &- found.since))
    }
    return ready
  }
}
