// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Frames
import Pipeline
import Testing

@Suite("Cameras with faults")
struct FaultedFeedTests {
  /// 60 s of two cameras at 5 frames/s.
  private let frames = (0..<300).flatMap { seq in
    ["cam-01", "cam-02"].map {
      FrameSetManifest.Frame(
        camera: $0, seq: seq, capturedAt: 1_000_000_000 + Int64(seq) * 200_000, file: "f", bytes: 9,
        sha256: SHA256Digest(of: ""), boxes: [])
    }
  }

  private func feed(_ rules: String..., seed: UInt64 = 7) throws -> [FaultedFeed.Delivery] {
    FaultedFeed(
      frames, cameras: ["cam-01", "cam-02"], rules: try rules.map { try FaultRule($0) }, seed: seed
    ).deliveries
  }

  private func camera(_ delivery: FaultedFeed.Delivery) -> String { frames[delivery.frame].camera }

  private static let rules = [
    "stall every 10 s for 2 s", "away every 20 s for 3 s", "skew by -300 ms",
    "back every 15 s for 2 s by 1 s", "twice 5 %", "truncated 5 %", "garbage 5 %",
  ]

  @Test("Without rules frames come as they are")
  func none() throws {
    let feed = try feed("matcher every 3 for 1 s")
    #expect(feed.map(\.frame) == Array(frames.indices))
    #expect(feed.allSatisfy { $0.at == frames[$0.frame].capturedAt && $0.strikes.isEmpty })
  }

  @Test(
    "Every frame comes once or is lost, copies apart; a camera's order is kept", arguments: 0..<20)
  func conserved(seed: Int) throws {
    let feed = FaultedFeed(
      frames, cameras: ["cam-01", "cam-02"], rules: try Self.rules.map { try FaultRule($0) },
      seed: UInt64(seed)
    ).deliveries
    #expect(feed.filter { !$0.isCopy }.map(\.frame).sorted() == Array(frames.indices))
    #expect(zip(feed, feed.dropFirst()).allSatisfy { $0.at <= $1.at })
    for name in ["cam-01", "cam-02"] {
      let own = feed.filter { camera($0) == name }.map(\.frame)
      #expect(own == own.sorted(), "\(name)")
    }
    #expect(feed.filter(\.isCopy).allSatisfy { copy in !copy.isLost })
    // Over a minute each kind strikes.
    let struck = Set(feed.flatMap(\.strikes).map(\.kind))
    #expect(struck == Set(FaultKind.allCases.filter(\.isOfCameras)))
  }

  @Test("A frame that two rules of a kind befall is struck once")
  func once() throws {
    let feed = try feed("garbage 50 %", "garbage 50 % at cam-01", "twice 1", "twice 0.5")
    for delivery in feed { #expect(delivery.strikes.count <= 1) }
    #expect(feed.count == 2 * frames.count)
    let struck = feed.filter { !$0.isCopy && !$0.strikes.isEmpty }.count
    #expect((300...450).contains(struck))
  }

  @Test("A frame that is garbage was not cut as well")
  func garbage() throws {
    for delivery in try feed("truncated 100 %", "garbage 50 %") {
      #expect(delivery.strikes.count == 1)
      #expect((delivery.damage == .garbage) == (delivery.strikes.first?.kind == .garbage))
    }
  }

  @Test("The same seed gives the same faults, another seed others")
  func seeds() throws {
    let first = try feed("stall every 10 s for 2 s", "garbage 10 %")
    #expect(try feed("stall every 10 s for 2 s", "garbage 10 %") == first)
    #expect(try feed("stall every 10 s for 2 s", "garbage 10 %", seed: 8) != first)
  }

  @Test("A camera that stalls delivers what it captured when it goes on, never before")
  func stall() throws {
    let feed = try feed("stall every 10 s for 2 s at cam-02")
    let held = feed.filter { !$0.strikes.isEmpty }
    // 6 episodes of 10 frames, the last of them cut by the end or not.
    #expect((50...60).contains(held.count))
    for delivery in held {
      #expect(camera(delivery) == "cam-02")
      let waits = delivery.at - frames[delivery.frame].capturedAt
      #expect(waits > 0 && waits <= 2_000_001)
    }
    #expect(Set(held.map(\.at)).count == Set(held.flatMap(\.strikes)).count)
  }

  @Test("A camera that is away loses a share of its frames, and they are told")
  func away() throws {
    let lost = try feed("away every 20 s for 5 s at cam-01").filter(\.isLost)
    #expect((70...76).contains(lost.count))
    #expect(lost.allSatisfy { camera($0) == "cam-01" && $0.strikes.map(\.kind) == [.away] })
  }

  @Test("A clock that is wrong moves what events say, not when frames come")
  func clocks() throws {
    let feed = try feed("skew by -300 ms at cam-01", "back every 20 s for 2 s by 1 s at cam-02")
    #expect(feed.allSatisfy { $0.at == frames[$0.frame].capturedAt })
    #expect(feed.filter { camera($0) == "cam-01" }.allSatisfy { $0.shift == -300_000 })
    let others = Set(feed.filter { camera($0) == "cam-02" }.map(\.shift))
    #expect(others == [0, -1_000_000])
  }

  @Test(
    "What is no rule is refused with what to write",
    arguments: [
      ("stal every 2 s for 1 s", "did you mean 'stall'?"), ("", "unknown fault"),
      ("stall", "every 20 s for 3 s"), ("stall every 2 s", "write one such as"),
      ("stall every 2 s for 3 s", "a shorter time"), ("stall every 2 s for 1 s by 1 s", "such as"),
      ("skew by 0 s", "by -300 ms"), ("garbage 200 %", "2 %"), ("garbage", "2 %"),
      ("matcher every 1.5 for 1 s", "every 10"), ("disk every 2 for 1 s at cam-01", "every 10"),
      ("stall every 2 s for 1 s at cam-01,cam-01", "cam-01 is named twice"),
      ("stall every 1e-300 s for 1e-301 s", "such as"),
      ("stall every 2 s for 1 s at a;b", "'a;b' is no camera's id, which has letters, digits"),
      ("garbage 1 % at cam 1", "'cam 1' is no camera's id"), ("garbage 1 % at ", "'' is no"),
      ("garbage 1 % at cam-01,", "'' is no camera's id"),
      ("back every 2 s for 1 s by -1 s", "such as"),
      ("away every 2 s every 3 s for 1 s", "such as"),
    ])
  func refused(text: String, words: String) {
    let error = #expect(throws: PipelineError.self) { _ = try FaultRule(text) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("A rule reads back from what it says", arguments: rules + ["disk every 3 for 200 ms"])
  func rereads(text: String) throws {
    let rule = try FaultRule(text)
    #expect(try FaultRule(rule.description) == rule)
  }

  @Test("Blanks around a list's commas are none of an id's")
  func blanks() throws {
    #expect(try FaultRule("garbage 1 % at  cam-01 , cam_2 ").cameras == ["cam-01", "cam_2"])
  }

  @Test("A rule at a camera that is not there is refused")
  func unknownCamera() throws {
    let rules = [try FaultRule("garbage 1 % at cam-03")]
    let error = #expect(throws: PipelineError.self) { try rules.check(cameras: ["cam-01"]) }
    #expect(error?.message.contains("did you mean 'cam-01'?") == true)
  }
}
