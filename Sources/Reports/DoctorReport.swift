// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import FoundationEssentials
internal import Galleries
internal import Glibc
package import Matching
internal import Pipeline
package import Population

/// What this machine and its libraries give a matcher, with advice where something costs speed.
package struct DoctorReport: Codable, Sendable {
  package struct Memory: Codable, Sendable {
    package var totalBytes: Int
    package var availableBytes: Int
    /// `always`, `madvise` or `never`; `nil` when the system does not say.
    package var transparentHugePages: String?
  }

  package var version: String
  package var cpu: String
  package var cores: Int
  package var load: Double
  package var kernels: KernelReport
  package var blas: OpenBLASInfo
  package var memory: Memory
  /// Library versions by name.
  package var libraries: [String: String]
  package var advice: [String]

  /// Reads this machine.
  package static func current(libraries: [String: String]) -> DoctorReport {
    var load = 0.0
    unsafe getloadavg(&load, 1)
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    var report = DoctorReport(
      version: SoftwareVersion.current,
      cpu: firstValue(of: "model name", in: "/proc/cpuinfo") ?? "unknown",
      cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), load: load, kernels: .current,
      blas: .current,
      memory: Memory(
        totalBytes: Int(sysconf(Int32(_SC_PHYS_PAGES))) * pageSize,
        availableBytes: SystemMemory.availableBytes ?? 0,
        transparentHugePages: hugePageMode()),
      libraries: libraries, advice: [])
    report.advice = report.findings()
    return report
  }

  private func findings() -> [String] {
    var advice: [String] = []
    if !kernels.avx2 {
      advice.append("no AVX2: the portable kernels are used, several times slower")
    }
    if memory.transparentHugePages == "never" {
      advice.append(
        "huge pages are off, which halves the speed of large scans; as root: "
          + "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
    }
    if blas.parallel == "openmp" {
      advice.append(
        "OpenBLAS is the OpenMP flavour; ours is measured on libopenblas0-pthread")
    }
    if load > Double(cores) * 0.5 {
      advice.append("the machine is busy: timings taken now will be worse than it can do")
    }
    return advice
  }

  private static func firstValue(of key: String, in path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].prefix(while: { $0 != "\t" }) == key else { continue }
      return String(parts[1].drop { $0 == " " })
    }
    return nil
  }

  /// The word in brackets: `always [madvise] never`.
  private static func hugePageMode() -> String? {
    let path = "/sys/kernel/mm/transparent_hugepage/enabled"
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    guard let open = text.firstIndex(of: "["), let close = text.firstIndex(of: "]") else {
      return nil
    }
    return String(text[text.index(after: open)..<close])
  }

  package var text: String {
    var rows = [
      ["sightline", version],
      ["CPU", "\(cpu), \(cores) cores, load \(Text.fixed(load, 1))"],
      ["kernels", "\(kernels.variant) (\(features))"],
      ["BLAS", blas.configuration],
      ["", "\(blas.core) core, \(blas.parallel), \(blas.threads) threads; a matcher sets 1"],
      [
        "memory",
        "\(Text.bytes(memory.availableBytes)) available of \(Text.bytes(memory.totalBytes))",
      ],
      ["huge pages", memory.transparentHugePages ?? "unknown"],
    ]
    rows += libraries.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    rows += advice.isEmpty ? [["advice", "none: all is well"]] : advice.map { ["advice", $0] }
    let width = rows.map { $0[0].count }.max() ?? 0
    return rows.map { row in
      row[0] + String(repeating: " ", count: width - row[0].count + 2) + row[1]
    }.joined(separator: "\n")
  }

  private var features: String {
    let all = [
      ("avx2", kernels.avx2), ("fma", kernels.fma), ("avx512f", kernels.avx512f),
      ("popcnt", kernels.popcnt),
    ]
    return all.filter(\.1).map(\.0).joined(separator: " ")
  }
}
