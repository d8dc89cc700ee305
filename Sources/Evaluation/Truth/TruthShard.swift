// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Matching

/// How a shard of a truth lies in its file.
///
/// Lines that say what it is, ended by an empty one; for each probe its candidates, best first, as a
/// 64-bit subject and a 32-bit float each, little-endian; the SHA-256 of all that. Every probe has as
/// many candidates: k, or all of a smaller shard.
struct TruthShard {
  /// Version of this layout, a part of the folder's name too: another version's files are left alone.
  static let currentFormat = 1

  private let header: [UInt8]
  private let identities: Range<UInt64>
  private let probes: Int
  private let length: Int

  init(_ truth: GroundTruth, _ identities: Range<UInt64>) {
    self.identities = identities
    probes = truth.probes.count
    length = min(truth.k, identities.count)
    let text = """
      sightline truth shard
      format=\(Self.currentFormat)
      truth=\(truth.digest.hex)
      first=\(identities.lowerBound)
      end=\(identities.upperBound)
      probes=\(probes)
      candidates=\(length)


      """
    header = Array(text.utf8)
  }

  private static let entryBytes = 12

  /// Bytes of the file.
  var byteCount: Int { header.count + probes * length * Self.entryBytes + 32 }

  func encode(_ lists: CandidateLists) -> [UInt8] {
    precondition(lists.count == probes && lists.isComplete, "a shard holds complete lists")
    var bytes = header
    bytes.reserveCapacity(byteCount)
    for probe in 0..<probes {
      precondition(lists[probe].count == length, "every list of a shard is as long")
      for candidate in lists[probe] {
        unsafe withUnsafeBytes(of: candidate.subject.littleEndian) {
          unsafe bytes.append(contentsOf: $0)
        }
        unsafe withUnsafeBytes(of: candidate.score.bitPattern.littleEndian) {
          unsafe bytes.append(contentsOf: $0)
        }
      }
    }
    return bytes + SHA256Digest(of: bytes).bytes
  }

  /// The lists, or nothing unless the bytes are those of a whole file of this very shard.
  func decode(_ bytes: [UInt8]) -> CandidateLists? {
    guard bytes.count == byteCount, bytes.starts(with: header),
      SHA256Digest(of: Array(bytes.dropLast(32))).bytes == Array(bytes.suffix(32))
    else { return nil }
    var lists = CandidateLists()
    var place = header.count
    for _ in 0..<probes {
      var list: [Candidate] = []
      list.reserveCapacity(length)
      for _ in 0..<length {
        let (subject, score) = unsafe bytes.withUnsafeBytes { all in
          (
            UInt64(littleEndian: unsafe all.loadUnaligned(fromByteOffset: place, as: UInt64.self)),
            UInt32(
              littleEndian: unsafe all.loadUnaligned(fromByteOffset: place + 8, as: UInt32.self))
          )
        }
        place += Self.entryBytes
        let candidate = Candidate(subject: subject, score: Float(bitPattern: score))
        guard identities.contains(subject), candidate.score.isFinite,
          list.last.map({ $0.precedes(candidate) }) ?? true
        else { return nil }
        list.append(candidate)
      }
      lists.append(list)
    }
    return lists
  }
}
