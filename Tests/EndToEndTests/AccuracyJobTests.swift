// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Accuracy and compare, as users run them", .serialized)
struct AccuracyJobTests {
  private static let small = [
    "accuracy", "--gallery", "procedural:1500", "--mated", "200", "--nonmated", "400", "--fpir",
    "0.1,1/100", "-k", "5", "--line", "E", "--condition", "kiosk",
  ]

  private func run(_ arguments: [String]) throws -> Binary.Result {
    try Binary.finish(Binary.process(arguments))
  }

  @Test("From searches to text, JSON, exports, a comparison and a broken limit")
  func whole() throws {
    let scratch = try Scratch()
    let folder = scratch.path("run")
    let first = try run(Self.small + ["--out", folder])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("rank-1 miss") && first.output.contains("FNIR (R = 1)"))
    let summary = try String(contentsOfFile: folder + "/summary.txt", encoding: .utf8)
    #expect(summary == first.output)

    let json = try run(Self.small + ["--out", folder, "--json"])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["format_version"] as? Int == 1 && object["simulated"] as? Bool == true)

    for format in ["scores4", "scores5", "pyeer", "csv", "candidates"] {
      let out = scratch.path("x-\(format)")
      let arguments = ["accuracy", "export", folder, "--format", format, "--out", out]
      let exported = try run(arguments)
      #expect(exported.status == 0, "\(exported.errors)")
      #expect(exported.output == "")
      // A second time the file is there.
      #expect(try run(arguments).status == 1)
    }

    let same = try run(["compare", folder, folder, "--limit", "rank1_miss < 0.9"])
    #expect(same.status == 0, "\(same.errors)")
    #expect(same.output.contains("no change") && !same.output.contains("worse"))
    let broken = try run(["compare", folder, folder, "--limit", "fnir@0.1 < 0.0001"])
    #expect(broken.status == 99)
    #expect(broken.output.contains("BROKEN"))
  }

  @Test("Interrupted by Ctrl-C it says what is kept, and goes on to the same result")
  func interrupted() throws {
    let scratch = try Scratch()
    let folder = scratch.path("run")
    let arguments = [
      "accuracy", "--gallery", "procedural:30k", "--mated", "6000", "--nonmated", "6000", "--fpir",
      "0.1,0.01", "-k", "5", "--batch", "16", "--threads", "1", "--matcher", "sketch", "--out",
    ]
    let process = Binary.process(arguments + [folder])
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let outcomes = URL(fileURLWithPath: folder + "/outcomes")
    for _ in 0..<2_000 where process.isRunning {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: outcomes.path)) ?? []
      let sizes = names.filter { $0.hasSuffix(".outcomes") }.compactMap {
        try? outcomes.appending(path: $0).resourceValues(forKeys: [.fileSizeKey]).fileSize
      }
      if (sizes.max() ?? 0) > 20_000 { break }
      usleep(5_000)
    }
    #expect(process.isRunning, "too fast to be interrupted")
    process.interrupt()
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(words.contains("are kept in \(folder)"))

    let resumed = try run(arguments + [folder])
    #expect(resumed.status == 0, "\(resumed.errors)")
    let whole = try run(arguments + [scratch.path("whole")])
    let timeless = { (text: String) in
      text.split(separator: "\n").filter {
        !$0.contains("cost:") && !$0.contains("load ")
      }
    }
    #expect(timeless(resumed.output) == timeless(whole.output))
  }

  @Test(
    "Bad input is one line on standard error",
    arguments: [
      ("accuracy --mated 0", 2, "mated probes"),
      ("accuracy --nonmated 999 --fpir 0.003", 2, "below 3/n"),
      ("accuracy --mated 10 --gallery procedural:9 --nonmated 100 --fpir 0.1", 2, "has 9"),
      (
        "accuracy --mated 9 --gallery procedural:9 --nonmated 100 --fpir 0.1 --rerank 9", 2,
        "sketch"
      ),
      ("accuracy --out /proc/none", 1, "/proc/none"),
      ("accuracy --gallery /nowhere", 1, "/nowhere"),
      ("accuracy export /nowhere --format csv --out x", 1, "/nowhere"),
      ("compare /nowhere /nowhere", 1, "/nowhere"),
    ])
  func bad(arguments: String, status: Int, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE \(arguments)")
    #expect(result.status == Int32(status))
    #expect(result.output == "")
    #expect(
      result.errors.contains(words) && result.errors.split(separator: "\n").count == 1,
      "\(result.errors)")
  }
}
