// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// What is on a log: how much, of what, from whom, and for whom it is kept.
package struct LogSurvey: Hashable, Sendable, Encodable {
  package struct Consumer: Hashable, Sendable, Encodable {
    package let name: String
    /// It has taken everything up to this place.
    package let sequence: Int64
    /// Events it has not taken yet.
    package var lag = 0
    /// Events that were dropped before it had read them.
    package let lost: Int
    /// Events that it could not bring where they belong, kept apart, and why the latest was not.
    package var parked = 0
    package var parkedReason: String?
    /// When it last moved.
    package let moved: Timestamp

    init(_ offset: ConsumerOffset) {
      name = offset.name
      sequence = offset.sequence
      lost = offset.lost
      moved = Timestamp(microseconds: offset.movedMicroseconds)
    }
  }

  package struct Bytes: Hashable, Sendable, Encodable {
    package let file: Int
    package let wal: Int
    /// In pages that hold something; the others will be used again.
    package let used: Int
  }

  package struct Retention: Hashable, Sendable, Encodable {
    package let maximumAgeSeconds: Double?
    package let maximumEvents: Int?
    package let maximumBytes: Int?
    package let whenFull: String
    /// Events that had to go so far, and the place up to which they went.
    package var dropped = 0
    package var droppedTo: Int64 = 0

    init(_ policy: RetentionPolicy) {
      maximumAgeSeconds = policy.maximumAge.map { Double($0.wholeMicroseconds) / 1e6 }
      maximumEvents = policy.maximumEvents
      maximumBytes = policy.maximumBytes
      whenFull = policy.whenFull.rawValue
    }
  }

  /// The version of the file's tables.
  package let version: Int
  /// The last place ever given out.
  package let end: Int64
  package var count = 0
  package var firstPlace: Int64?
  package var lastPlace: Int64?
  /// Of the events' own times.
  package var earliest: Timestamp?
  package var latest: Timestamp?
  package var types: [String: Int] = [:]
  package var cameras: [String: Int] = [:]
  package var consumers: [Consumer] = []
  package var runs: [String: Int] = [:]
  /// Sightings that were opened and not yet closed.
  package var open = 0
  package var bytes = Bytes(file: 0, wal: 0, used: 0)
  package var retention = Retention(RetentionPolicy())

  init(version: Int, end: Int64) {
    self.version = version
    self.end = end
  }

  /// A stretch of the log.
  struct Piece: Sendable {
    var count = 0
    var first: Int64?
    var last: Int64?
    var earliest: Int64?
    var latest: Int64?
    var types: [String: Int] = [:]
    var cameras: [String: Int] = [:]
    /// The first place after it that has an event.
    var next: Int64?
  }

  /// Adds the stretch that follows `place`; in order.
  mutating func add(_ piece: Piece, after place: Int64) {
    count += piece.count
    firstPlace = firstPlace ?? piece.first
    lastPlace = piece.last ?? lastPlace
    if let time = piece.earliest.map(Timestamp.init(microseconds:)) {
      earliest = min(earliest ?? time, time)
    }
    if let time = piece.latest.map(Timestamp.init(microseconds:)) {
      latest = max(latest ?? time, time)
    }
    types.merge(piece.types, uniquingKeysWith: +)
    cameras.merge(piece.cameras, uniquingKeysWith: +)
    for index in consumers.indices where consumers[index].sequence <= place {
      consumers[index].lag += piece.count
    }
  }
}
