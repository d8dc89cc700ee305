// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// The payload of a block of an `OutcomeFile`.
///
/// Number of the first probe (u64), outcomes (u32), then of the usage: wall, CPU and gallery nanoseconds
/// (u64), searched, threads, batch (u32). Then each outcome: flags (u8: 1 mated, 2 failed, 4 has a true
/// score), subject (u64), true score (f32), candidates (u32), and each candidate's subject (u64) and
/// score (f32).
enum OutcomeBlock {
  static func encode(_ outcomes: [SearchOutcome], first: Int, _ usage: OutcomeUsage) -> [UInt8] {
    var out: [UInt8] = []
    out.append(UInt64(first))
    out.append(UInt32(outcomes.count))
    out.append(usage.wallNanoseconds)
    out.append(usage.cpuNanoseconds)
    out.append(usage.galleryNanoseconds)
    for count in [usage.searched, usage.threads, usage.batch] { out.append(UInt32(count)) }
    for outcome in outcomes {
      let score = outcome.mateScore
      out.append(
        (outcome.isMated ? 1 : 0) | (outcome.failed ? 2 : 0) | (score == nil ? 0 : 4) as UInt8)
      out.append(outcome.subject)
      out.append((score ?? 0).bitPattern)
      out.append(UInt32(outcome.candidates.count))
      for candidate in outcome.candidates {
        out.append(candidate.subject)
        out.append(candidate.score.bitPattern)
      }
    }
    return out
  }

  /// `nil` for bytes that are no block beginning at probe `first`.
  static func decode(
    _ bytes: [UInt8], first: Int
  ) -> (outcomes: [SearchOutcome], usage: OutcomeUsage)? {
    var reader = ByteReader(bytes, at: 0)
    var usage = OutcomeUsage()
    guard reader.u64() == UInt64(first), let count = reader.u32(),
      let wall = reader.u64(), let cpu = reader.u64(), let gallery = reader.u64(),
      let searched = reader.u32(), let threads = reader.u32(), let batch = reader.u32()
    else { return nil }
    (usage.wallNanoseconds, usage.cpuNanoseconds) = (wall, cpu)
    usage.galleryNanoseconds = gallery
    (usage.searched, usage.threads, usage.batch) = (Int(searched), Int(threads), Int(batch))
    var outcomes: [SearchOutcome] = []
    for _ in 0..<count {
      guard let flags = reader.u8(), flags < 8, let subject = reader.u64(),
        let score = reader.u32(), let candidates = reader.u32()
      else { return nil }
      var outcome = SearchOutcome(
        subject: subject, isMated: flags & 1 != 0, failed: flags & 2 != 0,
        mateScore: flags & 4 != 0 ? Float(bitPattern: score) : nil, candidates: [])
      for _ in 0..<candidates {
        guard let subject = reader.u64(), let score = reader.u32() else { return nil }
        outcome.candidates.append(
          Candidate(subject: subject, score: Float(bitPattern: score)))
      }
      outcomes.append(outcome)
    }
    return reader.left == 0 ? (outcomes, usage) : nil
  }
}

extension [UInt8] {
  /// Adds an integer, lowest byte first.
  mutating func append<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
    for shift in stride(from: 0, to: T.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> T(shift)))
    }
  }
}

/// Reads little-endian integers one after another; `nil` past the end.
struct ByteReader {
  private let all: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int) {
    all = bytes
    self.position = position
  }

  var left: Int { max(0, all.count - position) }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count <= left else { return nil }
    defer { position += count }
    return Array(all[position..<position + count])
  }

  mutating func u8() -> UInt8? { integer(UInt8.self) }
  mutating func u32() -> UInt32? { integer(UInt32.self) }
  mutating func u64() -> UInt64? { integer(UInt64.self) }

  private mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) -> T? {
    let size = T.bitWidth / 8
    guard size <= left else { return nil }
    var value: T = 0
    for index in 0..<size { value |= T(all[position + index]) << T(8 * index) }
    position += size
    return value
  }
}
