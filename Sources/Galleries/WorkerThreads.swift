// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Synchronization

/// Threads of our own for long computations.
///
/// Not tasks: the cooperative pool has one thread a core, and a search that held them all would stall
/// every camera. Not Dispatch: on Linux its queues share those threads. Threads live for one call
/// (some 30 microseconds to start), so nothing idles and nothing needs shutting down.
package enum WorkerThreads {
  /// Calls `body(worker, item)` for every item in `0 ..< items`, each once, on up to `threads` threads,
  /// in no particular order. `worker` is below `threads`, and no two calls with the same one overlap.
  ///
  /// A single item runs on the caller's thread. When the task is cancelled no further item starts;
  /// throws once those under way have ended. From `deadline` on no further item starts either.
  /// - Returns: how many items ran: all, or the first so many where the deadline came before.
  @discardableResult
  package static func run(
    threads: Int, items: Int, deadline: ContinuousClock.Instant? = nil,
    _ body: @escaping @Sendable (_ worker: Int, _ item: Int) -> Void
  ) async throws(CancellationError) -> Int {
    let job = Job(
      threads: min(max(threads, 1), max(items, 1)), items: items, deadline: deadline, body: body)
    await withTaskCancellationHandler {
      if items <= 1 {
        job.work(as: 0)
      } else {
        await withCheckedContinuation { job.start($0) }
        job.join()
      }
    } onCancel: {
      job.cancelled.store(true, ordering: .relaxed)
    }
    if job.cancelled.load(ordering: .relaxed) { throw CancellationError() }
    return job.done.load(ordering: .relaxed)
  }
}

/// One call of `WorkerThreads.run`.
private final class Job: Sendable {
  let threads: Int
  let items: Int
  let deadline: ContinuousClock.Instant?
  let body: @Sendable (Int, Int) -> Void
  let done = Atomic<Int>(0)
  let cancelled = Atomic<Bool>(false)
  private let next = Atomic<Int>(0)
  private let running: Atomic<Int>
  // Set before the first thread starts, taken by the last to end.
  private let continuation = Mutex<CheckedContinuation<Void, Never>?>(nil)

  init(
    threads: Int, items: Int, deadline: ContinuousClock.Instant?,
    body: @escaping @Sendable (Int, Int) -> Void
  ) {
    self.threads = threads
    self.items = items
    self.deadline = deadline
    self.body = body
    running = Atomic(threads)
  }

  func work(as worker: Int) {
    while !cancelled.load(ordering: .relaxed) {
      // Asked before an item is taken, so that those that ran are the first ones.
      if let deadline, ContinuousClock.now >= deadline { return }
      let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard item < items else { return }
      body(worker, item)
      done.wrappingAdd(1, ordering: .relaxed)
    }
  }

  func start(_ waiting: CheckedContinuation<Void, Never>) {
    continuation.withLock { $0 = waiting }
    for worker in 0..<threads {
      let seat = unsafe Unmanaged.passRetained(Seat(job: self, worker: worker))
      var thread = pthread_t()
      if unsafe pthread_create(&thread, nil, runWorker, seat.toOpaque()) == 0 {
        pthread_detach(thread)
      } else {
        _ = unsafe runWorker(seat.toOpaque())  // no more threads to be had: do its share here
      }
    }
  }

  /// After the last worker's end: what all of them wrote is visible from here on, whatever the way from
  /// there to here.
  func join() { _ = running.load(ordering: .acquiring) }

  func end() {
    // Acquire and release: what the other workers wrote is visible to whoever is resumed.
    let left = running.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    guard left == 0 else { return }
    let waiting = continuation.withLock { $0.take() }
    waiting?.resume()
  }
}

private final class Seat: Sendable {
  let job: Job
  let worker: Int

  init(job: Job, worker: Int) {
    self.job = job
    self.worker = worker
  }
}

private nonisolated func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
{
  guard let argument = unsafe argument else { return nil }
  let seat = unsafe Unmanaged<Seat>.fromOpaque(argument).takeRetainedValue()
  seat.job.work(as: seat.worker)
  seat.job.end()
  return nil
}
