// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch

/// A thread for one worker task, apart from the pool that all tasks share.
///
/// Decoding and locating hold a thread for tens of milliseconds without a pause; on the shared pool,
/// which has one thread a core, the source, the matcher and the writer would wait for that long.
final class OwnThread: TaskExecutor {
  private let queue: DispatchQueue

  init(_ name: String) { queue = DispatchQueue(label: "sightline.\(name)") }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
