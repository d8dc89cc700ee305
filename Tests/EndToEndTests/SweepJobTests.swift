// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Sweeps, as users run them", .serialized)
struct SweepJobTests {
  private static let small = [
    "sweep", "--cameras", "1", "--seconds", "6", "--size", "640x360", "--mated", "1", "--marker",
    "48,60", "--quality", "85", "--scale", "1/1,1/4", "--decimation", "1", "--gallery",
    "procedural:2000",
  ]

  private func run(_ arguments: [String]) throws -> Binary.Result {
    try Binary.finish(Binary.process(arguments))
  }

  @Test(
    "From a grid to text, JSON that keeps to the schema, and a page; then more points, and frame sets"
  )
  func whole() throws {
    let scratch = try Scratch()
    let folder = scratch.path("sweep")
    let first = try run(Self.small + ["--out", folder])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("missed (FNIR)") && first.output.contains("CPU ms/frame"))
    let summary = try String(contentsOfFile: folder + "/summary.txt", encoding: .utf8)
    #expect(summary == first.output)

    let json = try run(Self.small + ["--out", folder, "--json"])
    #expect(json.status == 0, "\(json.errors)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["kind"] as? String == "frame-sweep" && object["simulated"] as? Bool == true)
    #expect((object["points"] as? [Any])?.count == 4)

    // The arguments in the result render the very set.
    let point = try #require((object["points"] as? [[String: Any]])?.first)
    let settings = try #require(point["settings"] as? [String: Any])
    let source = try #require(settings["frames"] as? [String: Any])
    let arguments = try #require(source["simulate"] as? [String])
    let frames = scratch.path("frames")
    let simulated = try run(["simulate", "--out", frames] + arguments)
    #expect(simulated.status == 0, "\(simulated.errors)")
    let given = try run([
      "sweep", frames, "--scale", "1/1", "--decimation", "1", "--gallery", "procedural:2000",
      "--out", scratch.path("given"), "--json",
    ])
    #expect(given.status == 0, "\(given.errors)")
    let again = try #require(
      JSONSerialization.jsonObject(with: Data(given.output.utf8)) as? [String: Any])
    let same = try #require((again["points"] as? [[String: Any]])?.first)
    #expect(same["figures"] as? NSDictionary == point["figures"] as? NSDictionary)
    #expect(same["frames"] as? NSDictionary == point["frames"] as? NSDictionary)

    let page = scratch.path("report.html")
    let report = try run(["report", folder, scratch.path("given"), "--out", page])
    #expect(report.status == 0, "\(report.errors)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("id=\"frames-chart\"") && html.contains("id=\"sweep-1\""))
  }

  @Test("Interrupted by Ctrl-C it says what is kept, and goes on from there")
  func interrupted() throws {
    let scratch = try Scratch()
    let folder = scratch.path("sweep")
    let process = Binary.process(Self.small + ["--rounds", "20", "--out", folder])
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    for _ in 0..<4_000 where process.isRunning {
      let points = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/points")) ?? []
      if !points.isEmpty { break }
      usleep(5_000)
    }
    #expect(process.isRunning, "too fast to be interrupted")
    process.interrupt()
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(words.contains("of 4 points are kept in \(folder)"), "\(words)")
    // What is not finished has no result to report.
    let early = try run(["report", folder, "--out", scratch.path("early.html")])
    #expect(early.status == 1 && early.errors.contains("no result yet"), "\(early.errors)")
  }

  @Test(
    "Wrong options exit with 2 and say what is right",
    arguments: [
      ("--marker 5", "from 12 to 68 px"), ("--quality 0", "--quality"), ("--scale 1/3", "--scale"),
      ("--scale 1/1,1/1", "name each value once"), ("--rounds 0", "from 1 to 100"),
      ("x --quality 50", "for sets rendered"), ("--fpir 0.1 --threshold 0.5", "give one of them"),
      ("--gallery procedural:x", "--gallery"), ("--cameras 0", "--cameras"), ("--out ''", "--out"),
    ])
  func usage(arguments: String, words: String) throws {
    let scratch = try Scratch()
    let result = try Binary.shell("cd '\(scratch.url.path)' && $SIGHTLINE sweep \(arguments)")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
