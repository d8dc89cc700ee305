// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("sightline claim")
struct ClaimTests {
  private static let seed = Binary.root.appending(path: "Examples/claims/seed-article.yaml").path
  private static let bench = Binary.root
    .appending(path: "Tests/EvaluationTests/Samples/bench-match.json").path

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("The seed article's page, with the speeds of a bench")
  func page() throws {
    let result = try Binary.run("claim", Self.seed, "--bench", Self.bench)
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(result.output.hasPrefix("Any of 1.3 billion citizens within three seconds\n"))
    #expect(result.output.contains("the bench in bench-match.json"))
    #expect(result.output.contains("626 million cameras"))
    for line in result.output.split(separator: "\n") where line.hasPrefix("  ") == false {
      #expect(line.count <= 101, "\(line)")
    }
  }

  @Test("Options say the same as a file, and change what a file says")
  func options() throws {
    let scratch = try Scratch()
    let file = scratch.path("c.yaml")
    try Data(
      "version: 1\nname: A claim\ngallery-size: 1m\naccuracy: 95 %\nline: [B, C]\ncondition: kiosk\n"
        .utf8
    ).write(to: URL(fileURLWithPath: file))
    let read = try Binary.run("claim", file, "--no-trial", "--json")
    let typed = try Binary.run(
      "claim", "--gallery-size", "1e6", "--accuracy", "0.95", "--line", "b,c", "--condition",
      "kiosk", "--no-trial", "--json")
    #expect(read.status == 0 && typed.status == 0, "\(read.errors)\(typed.errors)")
    #expect(read.output == typed.output)
    let changed = try Binary.run(
      "claim", file, "--fpir", "1/100", "--cameras", "200m,5", "--faces-per-camera-day", "10k",
      "--mated-share", "1 %", "--reading", "rank-1", "--seconds", "3 s", "--no-trial", "--json")
    #expect(changed.status == 0, "\(changed.errors)")
    let claim = try #require(try object(changed.output)["claim"] as? [String: Any])
    #expect(claim["cameras"] as? [Int] == [200_000_000, 5])
    #expect(claim["fpirs"] as? [Double] == [0.01] && claim["mated_share"] as? Double == 0.01)
    #expect(claim["reading"] as? String == "rank-1" && claim["seconds"] as? Double == 3)
  }

  @Test("The object is written to a file, and a bad place for it is one line and status 1")
  func out() throws {
    let scratch = try Scratch()
    let file = scratch.path("verdict.json")
    let result = try Binary.run(
      "claim", "--gallery-size", "10k", "--accuracy", "0.9", "--no-trial", "--json", "--out", file)
    #expect(result.status == 0 && result.output == "", "\(result.errors)")
    let verdict = try object(String(contentsOfFile: file, encoding: .utf8))
    #expect(verdict["version"] as? Int == 1 && verdict["simulated"] as? Bool == true)
    #expect((verdict["tally"] as? [String: Int])?["pass"] ?? 0 > 0)
    let nowhere = try Binary.run(
      "claim", "--gallery-size", "10k", "--no-trial", "--out", scratch.path("no/such/folder"))
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.split(separator: "\n").count == 1)
  }

  @Test(
    "Bad claims are one line on standard error, and wrong usage",
    arguments: [
      ("--gallery-size 1m --accuracy 1.2", "nobody can find more than all"),
      ("--gallery-size 1m --accuracy 90", "nobody can find more than all"),
      ("--gallery-size lots", "--gallery-size: 'lots' is not a count"),
      (
        "--gallery-size 1m --cameras 0 --faces-per-camera-day 5 --mated-share 0",
        "cameras: 0 of them"
      ),
      ("--gallery-size 1m --mated-share 2", "mated-share: is a share"),
      ("--gallery-size 1m --accuracy 0.9 --reading top", "--reading: 'top' is no reading"),
      ("--gallery-size 1m --line Z", "there is no 'Z'"),
      ("", "there is nothing to examine"),
    ] as [(String, String)])
  func usage(arguments: String, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE claim \(arguments)")
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test("Files that are not there, no claims, or no measurements: one line, and status 1 or 2")
  func files() throws {
    let scratch = try Scratch()
    let bad = scratch.path("bad.yaml")
    try Data("version: 1\ngalery-size: 3\n".utf8).write(to: URL(fileURLWithPath: bad))
    let binary = scratch.path("binary.yaml")
    try Data([0xff, 0xfe, 0x00, 0x80]).write(to: URL(fileURLWithPath: binary))
    for (arguments, status, words) in [
      (["claim", scratch.path("none.yaml")], 1, "no such file"),
      (["claim", scratch.url.path], 1, scratch.url.lastPathComponent),
      (["claim", bad], 2, "bad.yaml:2: unknown key 'galery-size'; did you mean 'gallery-size'?"),
      (["claim", binary], 2, "is not UTF-8 text"),
      (["claim", Self.seed, "--bench", bad], 1, "bench match --json"),
      (["claim", Self.seed, "--no-trial", "--measured", scratch.url.path], 1, "result.json"),
      (["claim", Self.seed, "--no-trial", "--measured", Self.bench], 1, "sightline accuracy"),
    ] as [([String], Int32, String)] {
      let result = try Binary.finish(Binary.process(arguments))
      #expect(result.status == status, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(result.output == "")
    }
  }
}
