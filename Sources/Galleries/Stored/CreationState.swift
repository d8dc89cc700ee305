// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Synchronization

/// What the workers of a creation share.
final class CreationState: Sendable {
  private let finished: Mutex<(chunks: [Int: [SHA256Digest]], templates: Int)>
  private let failure = FirstError()

  init(_ chunks: [Int: [SHA256Digest]], templates: Int) {
    finished = Mutex((chunks, templates))
  }

  var chunks: [Int: [SHA256Digest]] { finished.withLock { $0.chunks } }

  /// Notes a chunk whose data is on the device; returns the templates finished so far.
  func finish(
    _ chunk: Int, _ digests: [SHA256Digest], templates: Int, in work: WorkFolder
  ) throws -> Int {
    try finished.withLock { state in
      try work.note(CreationJournal.line(chunk, digests))
      state.chunks[chunk] = digests
      state.templates += templates
      return state.templates
    }
  }

  var failed: Bool { failure.isSet }
  func fail(_ error: any Error) { failure.set(error) }
  func rethrow() throws { try failure.rethrow() }
}

/// The first of the errors that threads run into.
final class FirstError: Sendable {
  private let flag = Atomic<Bool>(false)
  private let error = Mutex<(any Error)?>(nil)

  /// Cheap enough to ask in a loop.
  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set(_ error: any Error) {
    self.error.withLock { $0 = $0 ?? error }
    flag.store(true, ordering: .relaxed)
  }

  func rethrow() throws {
    if let error = error.withLock({ $0 }) { throw error }
  }
}
