// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Places for frames on their way from source to tracker, bounded in frames and in what these keep.
///
/// A frame takes a place before it comes in, and weighs nothing while its bytes are on disk. When it has passed
/// a worker it keeps the faces that were found and the lists that searches will give, until the tracker has done
/// with it: in the matcher's queue and batches, in the tracker's queue, and where order is restored. Frames on
/// their way are never held up for their bytes, since the one that all others wait for may be among them; but
/// none comes in while too many are kept. So `limits.bytes` can be exceeded only by what the frames find that are
/// between source and workers at that moment.
///
/// O(1) but for the list of tasks that wait.
package final class FlightWindow: Sendable {
  package struct Limits: Hashable, Sendable {
    package var frames: Int
    package var bytes: Int

    package init(frames: Int, bytes: Int = .max) {
      precondition(frames > 0 && bytes > 0, "a window has room for one frame")
      self.frames = frames
      self.bytes = bytes
    }
  }

  private struct State {
    var frames = 0
    var bytes = 0
    var mostBytes = 0
    var nextWaiter: UInt64 = 0
    var waiting: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []

    func hasRoom(_ limits: Limits) -> Bool {
      frames == 0 || frames < limits.frames && bytes < limits.bytes
    }
  }

  package let limits: Limits
  private let state = Mutex(State())

  package init(_ limits: Limits) { self.limits = limits }

  /// Frames that have a place now, and the bytes that they keep.
  package var held: (frames: Int, bytes: Int) { state.withLock { ($0.frames, $0.bytes) } }

  /// The most bytes that were kept at once.
  package var mostBytes: Int { state.withLock { $0.mostBytes } }

  /// How many tasks wait for a place.
  package var waiting: Int { state.withLock { $0.waiting.count } }

  /// Takes a place, and waits for one in turn.
  ///
  /// - Throws: `CancellationError`; no place is taken then.
  package func enter() async throws {
    try Task.checkCancellation()
    // Mostly there is a place, and so no memory to be taken for a task that waits.
    if tryEnter() { return }
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now = state.withLock { state -> Result<Void, any Error>? in
          if Task.isCancelled { return .failure(CancellationError()) }
          if take(&state) { return .success(()) }
          state.waiting.append((id, continuation))
          return nil
        }
        // Never under the lock: see `BoundedQueue.push`.
        if let now { continuation.resume(with: now) }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
      }
      waiting?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Takes a place if there is one now.
  package func tryEnter() -> Bool { state.withLock { take(&$0) } }

  /// A frame that has a place keeps so many bytes from now on.
  package func keep(_ bytes: Int) {
    state.withLock { state in
      state.bytes += bytes
      state.mostBytes = max(state.mostBytes, state.bytes)
    }
  }

  /// A frame gives back its place and what it kept.
  package func leave(_ bytes: Int) {
    let admitted = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
      state.frames -= 1
      state.bytes -= bytes
      precondition(state.frames >= 0 && state.bytes >= 0, "more left than came")
      var admitted: [CheckedContinuation<Void, any Error>] = []
      while !state.waiting.isEmpty, state.hasRoom(limits) {
        state.frames += 1
        admitted.append(state.waiting.removeFirst().continuation)
      }
      return admitted
    }
    for continuation in admitted { continuation.resume() }
  }

  private func take(_ state: inout State) -> Bool {
    guard state.waiting.isEmpty, state.hasRoom(limits) else { return false }
    state.frames += 1
    return true
  }
}
