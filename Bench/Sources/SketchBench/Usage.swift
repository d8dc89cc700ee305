// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Glibc
import Population

/// Seconds so far on the clock, of own work, and within the kernel.
struct Usage {
  var wall: Double
  var user: Double
  var system: Double
  /// Largest memory in use, KiB.
  var peak: Int

  static var now: Usage {
    var time = timespec()
    var usage = rusage()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ t: timeval) -> Double { Double(t.tv_sec) + Double(t.tv_usec) * 1e-6 }
    return Usage(
      wall: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9, user: seconds(usage.ru_utime),
      system: seconds(usage.ru_stime), peak: usage.ru_maxrss)
  }

  static func - (a: Usage, b: Usage) -> Usage {
    Usage(
      wall: a.wall - b.wall, user: a.user - b.user, system: a.system - b.system, peak: a.peak)
  }
}

/// `--size 1.3e9 --people both --threads 2 --seed 1 --repeats 3 --batches 1,8,64 --list 325000
/// --partition yes`
struct Arguments {
  /// What the population has beside strangers.
  enum People: String, CaseIterable {
    case strangers, relatives, cells, both
  }

  var size = 50_000_000
  var people = People.strangers
  var threads = 2
  var seed: UInt64 = 1
  var repeats = 3
  var batches = [1, 64]
  /// Codes on a list; `nil` for the matcher's own choice.
  var list: Int?
  /// Whether the partition is tried too.
  var partition = false

  init(_ words: [String]) {
    var rest = words.dropFirst()
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { Self.fail("\(name) needs a value") }
      switch name {
      case "--size":
        guard let number = Double(value), number >= 0, number < 1e12 else { Self.fail("bad size") }
        size = Int(number)
      case "--people":
        guard let known = People(rawValue: value) else {
          Self.fail("--people is one of strangers, relatives, cells, both")
        }
        people = known
      case "--threads": threads = Int(value) ?? 0
      case "--seed": seed = UInt64(value) ?? 1
      case "--repeats": repeats = Int(value) ?? 0
      case "--partition": partition = value == "yes"
      case "--list": list = Double(value).map { Int($0) }
      case "--batches": batches = value.split(separator: ",").compactMap { Int($0) }
      default: Self.fail("unknown option \(name)")
      }
    }
    guard threads > 0, repeats > 0, batches.allSatisfy({ $0 > 0 }) else {
      Self.fail("threads, repeats and batches must be 1 or more")
    }
  }

  func population() throws -> Population {
    var description = Population(seed: seed).description
    if people == .relatives || people == .both {
      description.relatives = Relatives(population: 1 << 31)
    }
    if people == .cells || people == .both { description.cells = .uniform() }
    return try Population(description)
  }

  private static func fail(_ message: String) -> Never {
    tell("sketch-bench: \(message)")
    exit(2)
  }
}
