// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// What the process takes of the machine.
package struct ProcessFacts: Hashable, Sendable {
  /// User and system time of all threads.
  package var cpuSeconds: Double
  package var residentBytes: Int
  /// Since 1970.
  package var startSeconds: Double

  package init(cpuSeconds: Double, residentBytes: Int, startSeconds: Double) {
    self.cpuSeconds = cpuSeconds
    self.residentBytes = residentBytes
    self.startSeconds = startSeconds
  }

  /// Of this process, now; zeros where /proc does not tell.
  package static var now: ProcessFacts {
    ProcessFacts(
      cpuSeconds: clock(CLOCK_PROCESS_CPUTIME_ID), residentBytes: resident, startSeconds: start)
  }

  private static let start: Double = {
    // Field 22 of stat, in ticks since the machine started, behind a name that may hold anything.
    guard let line = firstLine(of: "/proc/self/stat"), let end = line.lastIndex(of: ")") else {
      return clock(CLOCK_REALTIME)
    }
    let fields = line[end...].split(separator: " ")
    guard fields.count > 20, let ticks = Double(fields[20]) else { return clock(CLOCK_REALTIME) }
    let started = clock(CLOCK_REALTIME) - clock(CLOCK_BOOTTIME)
    return started + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }()

  private static var resident: Int {
    let fields = (firstLine(of: "/proc/self/statm") ?? "").split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func clock(_ which: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(which, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func firstLine(of path: String) -> String? {
    guard let file = unsafe fopen(path, "re") else { return nil }
    defer { unsafe _ = fclose(file) }
    var line = [CChar](repeating: 0, count: 1_024)
    guard unsafe fgets(&line, 1_024, file) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
