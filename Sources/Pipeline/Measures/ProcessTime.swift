// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// User and system time of all threads of this process, in nanoseconds.
enum ProcessTime {
  static func now() -> UInt64 { cpuTime(CLOCK_PROCESS_CPUTIME_ID) }
}

/// User and system time of the calling thread, in nanoseconds.
enum ThreadTime {
  static func now() -> UInt64 { cpuTime(CLOCK_THREAD_CPUTIME_ID) }
}

private func cpuTime(_ clock: clockid_t) -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
