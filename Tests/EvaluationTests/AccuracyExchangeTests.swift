// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Matching
import SystemPackage
import Testing

@Suite("Outcomes for other tools")
struct AccuracyExportTests {
  private let outcomes = HandExample.outcomes

  @Test("Candidate lists as JSON lines read back as the same outcomes")
  func candidates() throws {
    let text = try AccuracyExport.candidateLines(outcomes)
    #expect(text.split(separator: "\n").count == outcomes.count)
    #expect(text.hasPrefix("{\"candidates\":[{\"score\":0.7,\"subject\":0}"))
    #expect(try AccuracyExport.outcomes(fromLines: text) == outcomes)
    #expect(throws: EvaluationError.self) {
      try AccuracyExport.outcomes(fromLines: text + "{}\n")
    }
  }

  @Test(
    "Four and five columns hold every candidate; missing mates have a line",
    arguments: [false, true])
  func columns(withModel: Bool) throws {
    let text = AccuracyExport.scoreColumns(outcomes, room: 3, withModel: withModel)
    let rows = try text.split(separator: "\n").map { try #require(ScoreColumns(line: $0)) }
    #expect(ScoreColumns.text(rows) == text)
    #expect(rows.allSatisfy { ($0.model != nil) == withModel })
    // The lists read back, probe by probe, in their order.
    for (probe, outcome) in outcomes.enumerated() {
      let mine = rows.filter { $0.label == "p\(probe)" && !$0.score.isNaN }
      #expect(mine.map(\.score) == outcome.candidates.map(\.score))
      #expect(mine.map(\.claimed) == outcome.candidates.map { "\($0.subject)" })
      #expect(mine.allSatisfy { $0.real == "\(outcome.subject)" })
    }
    // Only the failed mated capture has none but its own `nan`.
    let blank = rows.filter { $0.score.isNaN }
    #expect(blank.map(\.label) == ["p3"] && blank[0].claimed == blank[0].real)
    // A mate beyond the list's end keeps its true score.
    let beyond = SearchOutcome(
      subject: 5, isMated: true, failed: false, mateScore: 0.25,
      candidates: [Candidate(subject: 1, score: 0.5)])
    let line = AccuracyExport.scoreColumns([beyond], room: 1, withModel: false)
    #expect(line == "1 5 p0 0.5\n5 5 p0 0.25\n")
    // One that the matcher lost has not.
    #expect(
      AccuracyExport.scoreColumns([beyond], room: 2, withModel: false).hasSuffix("5 5 p0 nan\n"))
  }

  @Test("pyeer's lists are the mates' scores and the best score of each non-mated search")
  func pyeer() throws {
    let files = try AccuracyExport.files(.pyeer, outcomes, room: 3, to: "folder/run.txt")
    #expect(
      files.map(\.path.string) == [
        "folder/run-genuine.txt", "folder/run-impostor.txt", "folder/run-genuine-bins.txt",
        "folder/run-impostor-histogram.txt",
      ])
    let numbers = { (file: Int) in files[file].text.split(separator: "\n").compactMap { Float($0) }
    }
    #expect(numbers(0) == [0.7, 0.5, 0.45, -1, 0.6])
    #expect(numbers(1) == [0.52, 0.44, 0.44, 0.38, 0.30, 0.25, 0.20, -1])
    // Line i of the histogram counts score i; it sums to the searches.
    let histogram = files[3].text.split(separator: "\n").compactMap { Int($0) }
    #expect(histogram.reduce(0, +) == 8)
    for score in numbers(1) { #expect(histogram[AccuracyExport.bin(score)] >= 1) }
    #expect(histogram[AccuracyExport.bin(0.44)] == 2 && histogram[0] == 1)
    #expect(numbers(2).map { Int($0) } == numbers(0).map { AccuracyExport.bin($0) })
  }

  @Test("Every curve reads back from CSV")
  func curves() async throws {
    let folder = try TemporaryFolder()
    let plan = try SmallRun.plan(sizes: [500, 900])
    let result = try await SmallRun.execute(plan, in: folder.path)
    let rows = CurveTable.text(result).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = rows[0]
    #expect(rows.allSatisfy { $0.count == header.count })
    func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }
    let (id, curve) = (try column("point"), try column("curve"))
    let (count, rate) = (try column("count"), try column("rate"))
    for point in result.points {
      let mine = rows.dropFirst().filter { $0[id] == point.id }
      let det = mine.filter { $0[curve] == "det" }
      let (threshold, fpir) = (try column("threshold"), try column("fpir"))
      #expect(det.map { Float($0[threshold]) } == point.det.map(\.threshold))
      #expect(det.map { Double($0[fpir]) } == point.det.map(\.fpir))
      #expect(det.map { Int($0[count]) } == point.det.map(\.misses))
      let cmc = mine.filter { $0[curve] == "cmc" }
      #expect(cmc.count == 5)
      #expect(
        cmc.map { Int($0[count]) } == point.missByRank.map { $0.miss.trials - $0.miss.count })
      #expect(cmc.compactMap { Double($0[rate]) }.allSatisfy { (0...1).contains($0) })
      let (low, high) = (try column("bin_low"), try column("bin_high"))
      for (name, histogram) in [
        ("mate_scores", point.mateScores), ("alarm_scores", point.alarmScores),
      ] {
        let bins = mine.filter { $0[curve] == name && $0[low] != "" }
        #expect(bins.map { Int($0[count]) } == histogram.counts)
        #expect(bins.first.flatMap { Double($0[low]) } == histogram.start)
        for (a, b) in zip(bins, bins.dropFirst()) { #expect(a[high] == b[low]) }
        let without = mine.first { $0[curve] == name && $0[low] == "" }
        #expect(without.flatMap { Int($0[count]) } == histogram.without)
      }
    }
  }

  @Test("A recording gives the outcomes that the result was counted from")
  func recording() async throws {
    let folder = try TemporaryFolder()
    let plan = try SmallRun.plan(sizes: [500, 900])
    let result = try await SmallRun.execute(plan, in: folder.path)
    let recording = try AccuracyRecording(folder.path)
    #expect(throws: EvaluationError.self) { try recording.point(nil) }
    #expect(throws: EvaluationError.self) { try recording.point("3") }
    let second = try recording.point("2")
    #expect(second == plan.points[1])
    #expect(try recording.point(result.points[1].id) == second)
    let sample = try recording.sample(of: second)
    #expect(sample.misses(beyond: 1) == result.points[1].rankOneMiss.count)
    // Our EER of the exported lists is that of the result.
    let figures = try #require(
      AccuracyResult.VerificationFigures(
        genuine: sample.genuineScores, impostors: sample.impostorScores))
    #expect(figures == result.points[1].verification)
  }
}

/// Runs a line of Python; gives what it printed.
private func python(_ executable: String, _ script: String, _ arguments: [String]) throws -> String
{
  let process = Process()
  process.executableURL = URL(filePath: executable)
  process.arguments = ["-c", script] + arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return process.terminationStatus == 0 ? text : "failed"
}

/// A Python with pyeer: `SIGHTLINE_PYEER_PYTHON`, such as the one that `Bench/pyeer-check` makes.
private let pyeerPython: String? = {
  let named = ProcessInfo.processInfo.environment["SIGHTLINE_PYEER_PYTHON"] ?? "/usr/bin/python3"
  let found = try? python(named, "import pyeer.eer_info; print('here')", [])
  return found == "here\n" ? named : nil
}()

@Suite("Known answers of other tools")
struct OtherToolTests {
  @Test(
    "pyeer finds our EER, FMR100, FMR1000 and ZeroFMR in our exported scores",
    .enabled(if: pyeerPython != nil, "pyeer is not installed; Bench/pyeer-check installs it"))
  func pyeer() async throws {
    let folder = try TemporaryFolder()
    let plan = try SmallRun.plan(sizes: [3_000], mated: 1_500, nonMated: 1_500, fpir: [0.1])
    let result = try await SmallRun.execute(plan, in: folder.path)
    let recording = try AccuracyRecording(folder.path)
    let files = try AccuracyExport.files(
      .pyeer, try recording.outcomes(of: plan.points[0]), room: 5,
      to: folder.path.appending("x.txt"))
    for file in files { try Data(file.text.utf8).write(to: URL(filePath: file.path.string)) }
    let script = """
      import sys
      from pyeer.eer_info import get_eer_stats
      read = lambda p: [float(x) for x in open(p)]
      s = get_eer_stats(read(sys.argv[1]), read(sys.argv[2]))
      print(s.eer, s.fmr100, s.fmr1000, s.fmr0)
      """
    let text = try python(
      try #require(pyeerPython), script, files.prefix(2).map(\.path.string))
    let theirs = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { Double($0) }
    let ours = try #require(result.points[0].verification)
    #expect(theirs.count == 4, "\(text)")
    for (a, b) in zip(theirs, [ours.eer, ours.fmr100, ours.fmr1000, ours.zeroFmr]) {
      #expect(abs(a - b) < 1e-6)
    }
    #expect(ours.eer > 0.001 && ours.fmr1000 > ours.fmr100)
  }
}

/// Checks results against the JSON Schema with Python's `jsonschema` (Debian: python3-jsonschema).
@Suite("The schema of results")
struct AccuracySchemaTests {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let schema = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/Evaluation/Schemas/accuracy.v1.schema.json")

  private func verdict(_ result: String) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write(Data(result.utf8), to: "r.json")
    return try python(
      "/usr/bin/python3",
      """
      import json, sys
      from jsonschema import Draft202012Validator as V
      schema = json.load(open(sys.argv[1]))
      V.check_schema(schema)
      errors = [e.json_path + ": " + e.message[:200] for e in V(schema).iter_errors(json.load(open(sys.argv[2])))]
      print(errors or "valid")
      """, [Self.schema.path, folder.path.appending("r.json").string])
  }

  @Test("The recorded result and a fresh one are valid, and read back as they are")
  func valid() async throws {
    let sample = Self.tests.appending(path: "Samples/accuracy-result.json")
    let text = try String(contentsOf: sample, encoding: .utf8)
    #expect(try verdict(text) == "valid\n")
    #expect(try AccuracyResult.read(FilePath(sample.path)).encoded() == text)
    let folder = try TemporaryFolder()
    let fresh = try await SmallRun.execute(
      try SmallRun.plan(sizes: [5_000], k: 50, matcher: .sketch), in: folder.path)
    #expect(try verdict(try fresh.encoded()) == "valid\n")
  }

  @Test("A missing field, a stray one, a rate above 1 or a real face is invalid")
  func invalid() throws {
    let sample = Self.tests.appending(path: "Samples/accuracy-result.json")
    let text = try String(contentsOf: sample, encoding: .utf8)
    let wrong = [
      text.replacing("\"rank_ties\"", with: "\"rank_tied\""),
      text.replacing("\"simulated\" : true", with: "\"simulated\" : false"),
      text.replacing("\"format_version\" : 1", with: "\"format_version\" : 2"),
      text.replacing("\"rate\" : 0.1", with: "\"rate\" : 1.1"),
      text.replacing(
        "\"threshold_verdict\" : \"agrees\"", with: "\"threshold_verdict\" : \"fine\""),
    ]
    for text in wrong { #expect(try verdict(text).hasPrefix("[")) }
    #expect(Set(wrong).count == wrong.count && !wrong.contains(text))
  }
}
