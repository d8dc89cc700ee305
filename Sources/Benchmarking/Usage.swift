// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// Wall and CPU time of this process, in nanoseconds.
struct Usage {
  var wall: UInt64
  /// User and system time of all threads.
  var cpu: UInt64

  static var now: Usage {
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return Usage(wall: wallNow, cpu: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime))
  }

  /// The monotonic clock.
  static var wallNow: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// The most memory the process has held, in bytes.
  static var peakBytes: Int {
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss * 1024
  }

  /// The memory that the process holds now, in bytes.
  static var residentBytes: Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe _ = fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard unsafe fgets(&line, 128, file) != nil else { return 0 }
    let words = line.prefix { $0 != 0 }.split(separator: 32)
    guard words.count > 1 else { return 0 }
    let pages = words[1].reduce(0) { $0 * 10 + Int($1) - 48 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Runnable processes, over the last minute.
  static var load: Double {
    var load = 0.0
    unsafe getloadavg(&load, 1)
    return load
  }

  private static func nanoseconds(_ time: timeval) -> UInt64 {
    UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1000
  }

  static func - (end: Usage, start: Usage) -> Usage {
    Usage(wall: end.wall - start.wall, cpu: end.cpu - start.cpu)
  }
}

extension [Double] {
  /// The middle, or the mean of the two in the middle; `nil` of nothing.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
  }
}

/// The smallest value that a share of `sorted` is at or below; `sorted` ascends and is not empty.
func percentile<T>(_ share: Double, of sorted: [T]) -> T {
  sorted[
    Swift.min(sorted.count - 1, Swift.max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
}
