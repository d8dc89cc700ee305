// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Files
import Foundation
import Matching
import SystemPackage
import Testing

@Suite("Outcomes on disk")
struct OutcomeFileTests {
  private let outcomes = HandExample.outcomes

  private func usage(_ searched: Int) -> OutcomeUsage {
    var usage = OutcomeUsage()
    (usage.searched, usage.wallNanoseconds, usage.threads) = (searched, 1_000, 2)
    return usage
  }

  /// A file of two blocks; gives its bytes and where the second block starts.
  private func written(_ folder: TemporaryFolder) throws -> (bytes: Data, second: Int) {
    let path = folder.path.appending("o")
    let file = try OutcomeFile(path, canonicalText: "text\n")
    try file.append(Array(outcomes[..<5]), usage: usage(4))
    let second = try folder.bytes("o").count
    try file.append(Array(outcomes[5...]), usage: usage(7))
    return (try folder.bytes("o"), second)
  }

  @Test("What is read is what was written, to the bit")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let bytes = try written(folder).bytes
    let file = try OutcomeFile(folder.path.appending("o"), canonicalText: "text\n")
    #expect(file.outcomes == outcomes)
    #expect(file.usage.searched == 11 && file.usage.wallNanoseconds == 2_000)
    #expect(try folder.bytes("o") == bytes)
  }

  @Test("Cut anywhere, it keeps the whole blocks and goes on to the same bytes")
  func torn() throws {
    let folder = try TemporaryFolder()
    let (bytes, second) = try written(folder)
    for length in 0..<bytes.count {
      try folder.write(bytes.prefix(length), to: "o")
      let file = try OutcomeFile(folder.path.appending("o"), canonicalText: "text\n")
      #expect(file.outcomes.count == (length >= second ? 5 : 0))
      if file.outcomes.isEmpty { try file.append(Array(outcomes[..<5]), usage: usage(4)) }
      try file.append(Array(outcomes[5...]), usage: usage(7))
      #expect(try folder.bytes("o") == bytes)
    }
  }

  @Test("A block with a wrong bit is refused, except at the very end, where it is searched again")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let (bytes, second) = try written(folder)
    var broken = bytes
    broken[second - 3] ^= 1
    try folder.write(broken, to: "o")
    let error = #expect(throws: FileError.self) {
      try OutcomeFile(folder.path.appending("o"), canonicalText: "text\n")
    }
    #expect(error?.message.contains("block 0") == true)
    #expect(try folder.bytes("o") == broken)
    broken = bytes
    broken[bytes.count - 3] ^= 1
    try folder.write(broken, to: "o")
    #expect(
      try OutcomeFile(folder.path.appending("o"), canonicalText: "text\n").outcomes.count == 5)
  }

  @Test("A file of other searches, of a later version, or of something else is refused and left")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let bytes = try written(folder).bytes
    let path = folder.path.appending("o")
    func code(_ text: String) -> FileError.Code? {
      #expect(throws: FileError.self) { try OutcomeFile(path, canonicalText: text) }?.code
    }
    #expect(code("text!\n") == .malformed)
    #expect(code("other text\n") == .malformed)
    var later = bytes
    later[8] = 2
    try folder.write(later, to: "o")
    #expect(code("text\n") == .newerVersion)
    try folder.write(Data("a letter home".utf8), to: "o")
    #expect(code("text\n") == .malformed)
    #expect(try folder.bytes("o") == Data("a letter home".utf8))
  }

  @Test("Reading leaves a torn file as it is")
  func readOnly() throws {
    let folder = try TemporaryFolder()
    let bytes = try written(folder).bytes.dropLast()
    try folder.write(bytes, to: "o")
    let file = try OutcomeFile(
      folder.path.appending("o"), canonicalText: "text\n", readOnly: true)
    #expect(file.outcomes.count == 5)
    #expect(try folder.bytes("o") == bytes)
  }
}

@Suite("Run folders")
struct AccuracyFolderTests {
  private func error(_ path: FilePath, _ plan: AccuracyPlan) -> String {
    do {
      _ = try AccuracyFolder(path, for: plan)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test("Another plan, a later version, a folder in use or of something else: one clear line")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let run = folder.path.appending("run")
    let plan = try SmallRun.plan()
    do {
      let held = try AccuracyFolder(run, for: plan)
      #expect(error(run, plan).contains("another process"))
      withExtendedLifetime(held) {}
    }
    #expect(error(run, plan) == "accepted")
    let other = error(run, try SmallRun.plan(mated: 151))
    #expect(other.contains("mated=150, not mated=151") && !other.contains("\n"))
    let text = String(decoding: try folder.bytes("run/plan.json"), as: UTF8.self)
    let later = text.replacing("\"format_version\" : 1", with: "\"format_version\" : 2")
    #expect(later != text)
    try folder.write(Data(later.utf8), to: "run/plan.json")
    #expect(error(run, plan).contains("format 2"))
    try folder.write(Data("{".utf8), to: "run/plan.json")
    #expect(error(run, plan).contains("damaged"))
    try folder.write(Data(), to: "letter")
    #expect(error(folder.path, plan).contains("holds no run"))
    #expect(error(folder.path.appending("letter"), plan).contains("letter"))
    #expect(error(folder.path.appending("no/such"), plan).contains("no such file"))
  }

  @Test("A result of a later version, or none, is refused")
  func results() async throws {
    let folder = try TemporaryFolder()
    let plan = try SmallRun.plan(sizes: [200], mated: 10, nonMated: 30, fpir: [0.1])
    _ = try await SmallRun.execute(plan, in: folder.path)
    let text = String(decoding: try folder.bytes("result.json"), as: UTF8.self)
    try folder.write(
      Data(
        text.replacing(
          "  \"format_version\" : 1,\n  \"machine\"",
          with: "  \"format_version\" : 9,\n  \"machine\""
        ).utf8),
      to: "later.json")
    let later = #expect(throws: EvaluationError.self) {
      try AccuracyResult.read(folder.path.appending("later.json"))
    }
    #expect(later?.code == .newerVersion)
    try folder.write(Data("[]".utf8), to: "none.json")
    let none = #expect(throws: EvaluationError.self) {
      try AccuracyResult.read(folder.path.appending("none.json"))
    }
    #expect(none?.code == .badRun)
  }
}
