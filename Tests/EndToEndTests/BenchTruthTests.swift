// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Truth and recall on the command line")
struct BenchTruthTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("Truth is computed once, read after that, and what exact search finds is all of it")
  func recall() throws {
    let scratch = try Scratch()
    let options = [
      "--gallery", "procedural:20k", "--mated", "60", "--nonmated", "40", "--cache",
      scratch.path("cache"), "--json",
    ]
    let first = try Binary.finish(Binary.process(["bench", "truth"] + options))
    #expect(first.status == 0, "\(first.errors)")
    let made = try object(first.output)
    #expect(made["shards_computed"] as? Int == 1 && made["gallery_size"] as? Int == 20_000)
    let second = try Binary.finish(Binary.process(["bench", "truth"] + options))
    let read = try object(second.output)
    #expect(read["shards_computed"] as? Int == 0)
    #expect(read["truth_digest"] as? String == made["truth_digest"] as? String)

    let exact = try Binary.finish(
      Binary.process(["bench", "recall", "--matcher", "exact", "--fpir", "0.5"] + options))
    #expect(exact.status == 0, "\(exact.errors)")
    let report = try object(exact.output)
    for (name, trials) in [
      ("mate_recall", 60), ("top_one_mated", 60), ("top_one_non_mated", 40),
      ("false_alarm_recall", nil), ("false_alarm_candidate_recall", nil),
    ] {
      let rate = try #require(report[name] as? [String: Any])
      let (count, of) = (rate["count"] as? Int, rate["trials"] as? Int)
      #expect(count == of, "\(name)")
      if let trials { #expect(of == trials, "\(name)") } else { #expect(of ?? 0 > 0, "\(name)") }
    }
    #expect((report["truth"] as? [String: Any])?["shards_computed"] as? Int == 0)
  }

  @Test("An interrupted truth ends with 130 and says that it can go on")
  func interrupted() throws {
    let scratch = try Scratch()
    let cache = scratch.path("cache")
    let result = try Binary.shell(
      """
      $SIGHTLINE bench truth --gallery procedural:1.3e9 --mated 500 --nonmated 0 --cache \(cache) &
      while [ ! -e \(cache)/*/truth.txt ]; do sleep 0.05; done
      sleep 0.3; kill -TERM $!; wait $!
      """)
    #expect(result.status == 130)
    #expect(result.output == "")
    #expect(result.errors.contains("the same command goes on from there"), "\(result.errors)")
  }

  @Test(
    "Wrong usage exits with 2 and says what is right",
    arguments: [
      ("bench truth --gallery somewhere", "procedural:N"),
      ("bench truth --gallery procedural:0", "--gallery"),
      ("bench truth --gallery procedural:10 --mated 0 --nonmated 0", "at least one probe"),
      ("bench truth --gallery procedural:10 --k 0", "--k"),
      ("bench recall --gallery procedural:10 --fpir 1", "--fpir"),
      ("bench recall --gallery procedural:10 --batch 0", "--batch"),
    ])
  func usage(arguments: String, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE \(arguments)")
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
