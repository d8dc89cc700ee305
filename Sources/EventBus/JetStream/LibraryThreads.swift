// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// How the client library's threads are scheduled.
enum LibraryThreads {
  /// `SCHED_BATCH` of <linux/sched.h>, which the C library shows to GNU sources only.
  private static let batch: Int32 = 3

  /// Does `work`; threads that it makes do not push aside who wakes them.
  ///
  /// The library hands every message to three threads one after the other (its reader, whoever takes answers, and one
  /// that only frees), and wakes each for each. As batch threads (sched(7)) they share time as others do, and
  /// start at once where a core is idle, but where none is they run when the waker is through with what it does, and
  /// find many messages instead of one.
  static func made<Value, Failure: Error>(
    in work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let policy = sched_getscheduler(0)
    // Whoever chose another policy for the program meant it.
    guard policy == SCHED_OTHER, set(batch) else { return try work() }
    defer { _ = set(policy) }
    return try work()
  }

  /// Of the calling thread; those it makes inherit it.
  private static func set(_ policy: Int32) -> Bool {
    var none = sched_param()
    return unsafe sched_setscheduler(0, policy, &none) == 0
  }
}
