// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Synchronization

/// A log in memory that can be held shut and made to fail.
final class FakeLog: DurableLog {
  private struct State {
    var batches: [CommitBatch] = []
    var isShut = false
    var failure: BusError?
    var waiting: [CheckedContinuation<Void, Never>] = []
    var isClosed = false
  }

  private let state = Mutex(State())

  var batches: [CommitBatch] { state.withLock { $0.batches } }
  var records: [BusRecord] { batches.flatMap(\.records) }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Commits wait until `open`.
  func shut() { state.withLock { $0.isShut = true } }

  func open(failing failure: BusError? = nil) {
    let waiting = state.withLock { state in
      state.isShut = false
      state.failure = failure
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func commit(_ batch: CommitBatch) async throws(BusError) -> CommitReceipt {
    await withCheckedContinuation { continuation in
      let goes = state.withLock { state in
        if state.isShut { state.waiting.append(continuation) }
        return !state.isShut
      }
      if goes { continuation.resume() }
    }
    let failure = state.withLock { state in
      if state.failure == nil { state.batches.append(batch) }
      return state.failure
    }
    if let failure { throw failure }
    var receipt = CommitReceipt()
    receipt.appended = batch.records.count
    return receipt
  }

  func close() throws(BusError) { state.withLock { $0.isClosed = true } }
}
