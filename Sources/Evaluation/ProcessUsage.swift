// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// Wall and CPU time of this process, in nanoseconds.
struct ProcessUsage {
  let wall: UInt64
  let cpu: UInt64

  static var now: ProcessUsage {
    let nanoseconds = { (clock: clockid_t) in
      var time = timespec()
      unsafe clock_gettime(clock, &time)
      return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
    return ProcessUsage(
      wall: nanoseconds(CLOCK_MONOTONIC), cpu: nanoseconds(CLOCK_PROCESS_CPUTIME_ID))
  }
}
