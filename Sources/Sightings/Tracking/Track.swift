// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Where a face was, how it moves, and when it was seen last.
struct Track: Sendable {
  let id: TrackID
  private(set) var box: Box
  private(set) var lastSeen: Timestamp
  /// Pixels a second; `nil` until it was seen twice.
  private var velocity: (x: Double, y: Double)?
  /// Of the last capture that had one.
  private var embedding: [Float] = []

  init(id: TrackID, box: Box, at time: Timestamp) {
    self.id = id
    self.box = box
    lastSeen = time
  }

  mutating func see(_ seen: Box, at time: Timestamp, weight: Double) {
    let elapsed = Double(time.microseconds - lastSeen.microseconds) / 1e6
    if elapsed > 0 {
      let x = (seen.centerX - box.centerX) / elapsed
      let y = (seen.centerY - box.centerY) / elapsed
      if let old = velocity {
        velocity = (old.x + weight * (x - old.x), old.y + weight * (y - old.y))
      } else {
        velocity = (x, y)
      }
    }
    box = seen
    lastSeen = time
  }

  /// Keeps the newest embedding; a face without one leaves the last in place.
  mutating func remember(_ newest: [Float]) {
    if !newest.isEmpty { embedding = newest }
  }

  /// The cosine with the last embedding; `nil` when either is missing.
  func likeness(to other: [Float]) -> Double? {
    guard !embedding.isEmpty, embedding.count == other.count else { return nil }
    var sum = 0.0
    for (a, b) in zip(embedding, other) { sum += Double(a) * Double(b) }
    return sum
  }

  /// How well `face` continues this track, 0...1; 0 when it cannot be the same.
  ///
  /// The overlap of the enlarged boxes at the predicted place, times the square of the size ratio:
  /// where two people cross, place says little and size tells them apart.
  func affinity(to face: Box, at time: Timestamp, policy: TrackingPolicy) -> Double {
    let ratio = min(box.side, face.side) / max(box.side, face.side, .leastNormalMagnitude)
    guard ratio >= policy.minimumSizeRatio else { return 0 }
    let elapsed = Double(time.microseconds - lastSeen.microseconds) / 1e6
    let nominal = Double(policy.nominalInterval.wholeMicroseconds) / 1e6
    let factor = min(
      policy.enlargement + policy.enlargementPerSecond * max(0, elapsed - nominal),
      policy.maximumEnlargement)
    let moved = box.moved(byX: (velocity?.x ?? 0) * elapsed, y: (velocity?.y ?? 0) * elapsed)
    let overlap = moved.enlarged(by: factor).overlap(face.enlarged(by: factor))
    return overlap >= policy.minimumOverlap ? overlap * ratio * ratio : 0
  }
}
