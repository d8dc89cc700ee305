// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch
internal import Glibc
internal import Synchronization

/// A thread for one worker task, apart from the pool that all tasks share.
///
/// Decoding and locating hold a thread for tens of milliseconds without a pause; on the shared pool,
/// which has one thread a core, the source, the matcher and the writer would wait for that long. And it is one
/// thread for good: a queue's jobs may each run on another, which leaves a worker's caches and its heap behind.
final class OwnThread: TaskExecutor {
  private let inbox = Inbox()
  /// In place of a thread where the system gives no more of them.
  private let queue: DispatchQueue?

  init() {
    let thread = unsafe Unmanaged.passRetained(inbox)
    var identity = pthread_t()
    if unsafe pthread_create(&identity, nil, runThread, thread.toOpaque()) == 0 {
      pthread_detach(identity)
      queue = nil
    } else {
      unsafe thread.release()
      queue = DispatchQueue(label: "sightline.worker")
    }
  }

  deinit { inbox.add(nil) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if let queue {
      queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    } else {
      inbox.add((job, self))
    }
  }
}

/// What a thread is to run, in order.
private final class Inbox: Sendable {
  /// A job and who runs it; `nil` ends the thread.
  typealias Entry = (job: UnownedJob, executor: OwnThread)?

  private let entries = Mutex<[Entry]>([])
  private let filled = DispatchSemaphore(value: 0)

  func add(_ entry: Entry) {
    entries.withLock { $0.append(entry) }
    filled.signal()
  }

  /// Waits for one. Mostly there is one at a time: a task's next step follows its last.
  func next() -> Entry {
    filled.wait()
    return entries.withLock { $0.removeFirst() }
  }
}

/// At file scope: a closure would take on its maker's isolation.
private nonisolated func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
{
  guard let argument = unsafe argument else { return nil }
  let inbox = unsafe Unmanaged<Inbox>.fromOpaque(argument).takeRetainedValue()
  while let (job, executor) = inbox.next() {
    unsafe job.runSynchronously(on: executor.asUnownedTaskExecutor())
  }
  return nil
}
