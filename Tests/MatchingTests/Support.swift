// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population

extension Population {
  /// Templates of identities `range`, row by row.
  func rows(_ range: Range<UInt64>) -> [Float] {
    var rows = [Float](repeating: 0, count: range.count * Self.dimension)
    rows.withUnsafeMutableBufferPointer { writeTemplates(of: range, into: $0) }
    return rows
  }

  /// Captures of every identity in `range`, as one array a probe.
  func captures(_ range: Range<UInt64>, line: QualityLine = .c) -> [[Float]] {
    range.map { identity in
      var row = [Float](repeating: 0, count: Self.dimension)
      row.withUnsafeMutableBufferPointer {
        _ = writeCapture(of: identity, line: line, draw: 0, into: $0)
      }
      return row
    }
  }
}

extension InMemoryGallery {
  /// All templates, copied.
  var rows: [Float] { withTemplates(0..<count) { Array($0) } }
}

/// A batch of these probes.
func batch(_ probes: [[Float]]) throws -> ProbeBatch {
  var batch = ProbeBatch(capacity: probes.count)
  for probe in probes { try batch.append(probe) }
  return batch
}

/// What a search must return: every score in double, then a sort.
func reference(_ probe: [Float], _ rows: [Float], k: Int) -> [Candidate] {
  var all: [Candidate] = []
  for row in 0..<rows.count / 512 {
    var sum = 0.0
    for i in 0..<512 { sum += Double(probe[i]) * Double(rows[row * 512 + i]) }
    if sum.isFinite { all.append(Candidate(subject: UInt64(row), score: Float(sum))) }
  }
  return Array(all.sorted { $0.precedes($1) }.prefix(k))
}
