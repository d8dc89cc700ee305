// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Galleries
import Matching
import Population
import Synchronization
import SystemPackage
import Testing

/// A matcher that gives one list whatever it is asked, after a while.
final class ConstantMatcher: Matcher {
  let gallery: GalleryDescription
  let information = MatcherInformation(name: "fake", precision: "none", isExact: true, threads: 1)
  let subject: UInt64
  let microseconds: UInt32
  let largestBatch = Mutex(0)

  init(subject: UInt64, microseconds: UInt32) throws {
    gallery = try InMemoryGallery(rows: []).description
    self.subject = subject
    self.microseconds = microseconds
  }

  func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    largestBatch.withLock { $0 = max($0, probes.count) }
    if microseconds > 0 { usleep(microseconds) }
    var lists = CandidateLists()
    for _ in 0..<probes.count { lists.append([Candidate(subject: subject, score: 0.5)]) }
    return lists
  }
}

/// Lists of one candidate each; `nil` for an empty list.
func lists(_ subjects: [(UInt64, Float)?]) -> CandidateLists {
  var lists = CandidateLists()
  for subject in subjects {
    lists.append(subject.map { [Candidate(subject: $0.0, score: $0.1)] } ?? [])
  }
  return lists
}

/// A folder that is removed with this object.
final class Scratch {
  let path: FilePath

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("sightline-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = FilePath(url.path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
