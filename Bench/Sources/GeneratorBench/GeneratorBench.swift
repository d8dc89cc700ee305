// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import COpenBLAS
import Foundation
import Population

/// Times the generator against the random numbers it needs and against the sgemm it does without, in
/// interleaved rounds on one thread. Run by `Bench/generator`.
@main struct GeneratorBench {
  /// Of one step and round: some 10 ms, short enough that a round sees one state of the machine.
  static let identities = 1 << 15

  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 4, let rounds = Int(words[1]), rounds >= 5 else {
      let usage = "usage: generator-bench ROUNDS VERSION OUTPUT, with 5 rounds or more\n"
      try FileHandle.standardError.write(contentsOf: Data(usage.utf8))
      exit(2)
    }
    openblas_set_num_threads(1)
    let load = Machine.load
    var steps = try Steps(identities: identities)
    var times = [Step: [Double]]()
    for round in -1..<rounds {  // the first warms up
      for step in Step.allCases {
        let start = Machine.threadSeconds
        steps.run(step)
        let each = (Machine.threadSeconds - start) / Double(identities) * 1e9
        if round >= 0 { times[step, default: []].append(each) }
      }
    }
    let report = Report(
      machine: Machine.name, load: load, version: words[2],
      openBLAS: unsafe String(cString: openblas_get_corename()),
      variant: KernelReport.current.variant, rounds: rounds, identities: identities, times: times)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var json = try encoder.encode(report)
    json.append(UInt8(ascii: "\n"))
    try json.write(to: URL(fileURLWithPath: words[3] + ".json"))
    try Data(report.markdown.utf8).write(to: URL(fileURLWithPath: words[3] + ".md"))
    print(report.markdown, terminator: "")
  }
}

enum Machine {
  /// CPU time of this thread: other work on the machine is not counted, though it takes the cache.
  static var threadSeconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Over the last minute.
  static var load: Double {
    var loads = [0.0]
    return unsafe getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }

  static var name: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown CPU"
    return "\(model), \(ProcessInfo.processInfo.processorCount) cores"
  }
}
