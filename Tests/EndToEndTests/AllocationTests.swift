// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

// What an unoptimised build takes from the heap is the compiler's affair.
#if !DEBUG
  @Suite("What frames ask of the heap, end to end")
  struct AllocationTests {
    private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"]
      .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// `heap` of the stages of one round, by name, with the counter loaded first.
    private func heap(_ counter: String?, _ frames: String) throws -> [String: [String: Double]] {
      let bench = Binary.process([
        "bench", "stages", frames, "--gallery", "procedural:2000", "--threads", "1", "--rounds",
        "1", "--duration", "100ms", "--json",
      ])
      if let counter { bench.environment?["LD_PRELOAD"] = counter }
      let result = try Binary.finish(bench)
      try #require(result.status == 0, "\(result.errors)")
      let rounds = try #require(
        (try object(result.output)["result"] as? [String: Any])?["rounds"] as? [[String: Any]])
      let round = try #require(rounds.first)
      var found: [String: [String: Double]] = [:]
      for stage in try #require(round["stages"] as? [[String: Any]]) {
        found[try #require(stage["name"] as? String)] = stage["heap"] as? [String: Double]
      }
      found["pipeline"] = round["heap"] as? [String: Double]
      return found
    }

    @Test(
      "In steady state reading, decoding and locating ask for nothing, embedding for an array a frame with faces",
      .enabled(if: compiler != nil, "needs a C compiler"))
    func steady() throws {
      let scratch = try Scratch()
      let frames = scratch.path("frames")
      try #require(
        try Binary.run(
          "simulate", "--out", frames, "--cameras", "2", "--seconds", "3", "--size", "640x360",
          "--mated", "0.8", "--seed", "11"
        ).status == 0)
      let counter = scratch.path("count.so")
      let source = Binary.root.appendingPathComponent("Bench/allocations/count.c").path
      let build = try Binary.shell(
        "\(Self.compiler ?? "cc") -O2 -shared -fPIC -o '\(counter)' '\(source)' -ldl")
      try #require(build.status == 0, "\(build.errors)")

      #expect(try heap(nil, frames).isEmpty)
      let heap = try heap(counter, frames)
      for stage in ["read", "decode", "locate"] {
        #expect(heap[stage]?["calls"] == 0, "\(stage)")
      }
      // The counter sees what the libraries take, so it would see ours.
      for stage in ["read", "decode", "locate"] {
        #expect(heap[stage]?["library_calls"] ?? 0 >= 1, "\(stage)")
      }
      let embed = try #require(heap["embed"]?["calls"])
      #expect(embed > 0 && embed <= 1)
      for part in ["match", "track+publish", "pipeline"] {
        #expect(heap[part]?["calls"] ?? 0 > 0, "\(part)")
      }
    }
  }
#endif
