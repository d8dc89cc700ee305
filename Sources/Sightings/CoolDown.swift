// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A subject seen by a camera a short while ago, as the bus remembers it.
package struct RecentSubject: Hashable, Sendable {
  package let camera: String
  package let subject: UInt64
  package let lastSeen: Timestamp

  package init(camera: String, subject: UInt64, lastSeen: Timestamp) {
    self.camera = camera
    self.subject = subject
    self.lastSeen = lastSeen
  }
}

/// Whom a camera has sighted lately, and until when they were in view.
struct CoolDown: Sendable {
  let period: Duration
  private var lastSeen: [UInt64: Timestamp] = [:]

  init(period: Duration, remembered: [RecentSubject]) {
    self.period = period
    for recent in remembered { see(recent.subject, at: recent.lastSeen) }
  }

  mutating func see(_ subject: UInt64, at time: Timestamp) {
    lastSeen[subject] = max(lastSeen[subject] ?? time, time)
  }

  /// Everybody remembered, by subject.
  func subjects(of camera: String) -> [RecentSubject] {
    lastSeen.sorted { $0.key < $1.key }.map {
      RecentSubject(camera: camera, subject: $0.key, lastSeen: $0.value)
    }
  }

  /// Whether a track that began at `time` is still the same pass of `subject`.
  func covers(_ subject: UInt64, from time: Timestamp) -> Bool {
    guard let last = lastSeen[subject] else { return false }
    return time.since(last) < period
  }

  /// Forgets whom no track that began at `time` or later could be suppressed by.
  mutating func forget(before time: Timestamp) {
    lastSeen = lastSeen.filter { time.since($0.value) < period }
  }
}
