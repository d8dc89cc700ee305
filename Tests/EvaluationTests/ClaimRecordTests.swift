// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import SystemPackage
import Testing

/// Deployments whose figures are public, as known answers.
@Suite("What was observed")
struct ClaimRecordTests {
  private func record(_ name: String) throws -> ClaimRecord {
    try #require(try ClaimVerdict(example(name)).record)
  }

  private func near(_ value: Double?, _ expected: Double, _ relative: Double) -> Bool {
    value.map { abs($0 / expected - 1) <= relative } ?? false
  }

  @Test("NPL: 1 in 6,000 on 10,000 is 22 wrong names a face at 1.3 billion, if independent")
  func npl() throws {
    let record = try record("npl-2023")
    // 1/6000 / 10,000 = 1.67e-8 a comparison; times 1.3e9 = 21.7.
    #expect(near(record.impliedFMR, 1.667e-8, 0.001))
    let nation = try #require(record.carried.last)
    #expect(nation.gallerySize == 1_300_000_000)
    #expect(near(nation.independent.perFace, 21.67, 0.001))
    #expect(nation.independent.facesNamed > 0.999_999_999)
    // 1 - exp(-67e6 x 1.667e-8) = .673; on 1,000 it is 1/60,000, the other figure published.
    #expect(near(record.carried[3].independent.facesNamed, 0.673, 0.001))
    #expect(near(record.carried[0].independent.facesNamed, 1 / 60_000, 0.001))
  }

  @Test("Hubs share the names: as many a face, at far fewer faces; the same on the observed list")
  func hubs() throws {
    let record = try record("npl-2023")
    for carried in record.carried {
      let hubs = try #require(carried.population)
      #expect(hubs.perFace >= carried.independent.perFace)
      #expect(hubs.facesNamed <= hubs.perFace && hubs.facesNamed <= 1)
      if carried.gallerySize > 10_000 {
        #expect(hubs.facesNamed < carried.independent.facesNamed)
      }
    }
    var claim = try example("npl-2023")
    claim.scaleTo = [10_000]
    let same = try #require(try ClaimVerdict(claim).record?.carried.first)
    #expect(near(same.independent.facesNamed, 1 / 6000, 1e-6))
    #expect(near(same.population?.facesNamed, 1 / 6000, 1e-4))
  }

  @Test("Met Police: 10 false of 2,077 alerts and of 3,147,436 faces, each with its interval")
  func met() throws {
    let record = try record("met-police-2025")
    let face = try #require(record.perFace)
    #expect(near(face.rate, 3.2e-6, 0.01))
    #expect(near(face.low, 1.7e-6, 0.03) && near(face.high, 5.8e-6, 0.02))
    let alert = try #require(record.perAlert)
    #expect(near(alert.rate, 0.0048, 0.01))
    #expect(near(alert.low, 0.0026, 0.02) && near(alert.high, 0.0088, 0.02))
    #expect(record.rightAlerts == 2_067 && record.missRate == nil && record.carried.isEmpty)
  }

  @Test("South Wales: 2,297 of 2,470 alerts were wrong, 1.4 % of those who came")
  func southWales() throws {
    let record = try record("south-wales-2017")
    #expect(near(record.perAlert?.rate, 0.930, 0.001))
    #expect(near(record.perFace?.rate, 0.0135, 0.002))
    #expect(record.rightAlerts == 173)
  }

  @Test("Aadhaar: .057 % at 84 million is 6.8e-12 a comparison, and .88 % at 1.3 billion")
  func aadhaar() throws {
    let verdict = try ClaimVerdict(example("aadhaar-2012"))
    let record = try #require(verdict.record)
    #expect(near(record.impliedFMR, 6.8e-12, 0.005))
    #expect(near(record.carried.first?.independent.facesNamed, 0.0088, 0.003))
    // No model of faces for what are fingers and eyes.
    #expect(record.carried.first?.population == nil)
    #expect(verdict.figures.isEmpty && verdict.people.isEmpty)
  }

  @Test("With no event the bound is 3 in the trials, and without trials there is no rate")
  func zero() throws {
    var claim = Claim()
    var observed = ClaimObservation()
    (observed.faces, observed.alerts, observed.falseAlerts) = (10_000, 0, 0)
    claim.observed = observed
    let record = try #require(try ClaimVerdict(claim).record)
    #expect(record.perFace?.rate == 0 && record.perFace?.low == 0)
    #expect(record.perFace?.high == 3e-4)
    #expect(record.perAlert?.rate == nil && record.perAlert?.high == 1)
  }
}

@Suite("Speeds, and what searches take")
struct ClaimSpeedTests {
  static let machine = ClaimSpeed.Machine(
    cpu: "two cores", cores: 2, memoryBytes: 10_000_000_000, load: 0.1)

  private func file(_ text: String) throws -> FilePath {
    let url = FileManager.default.temporaryDirectory.appending(path: "claim-\(UUID()).json")
    try Data(text.utf8).write(to: url)
    return FilePath(url.path)
  }

  private func effort(_ claim: Claim, _ engine: ClaimSpeed.Engine) throws -> ClaimEffort.Engine {
    let speed = ClaimSpeed(source: "by hand", machine: Self.machine, engines: [engine])
    return try #require(try ClaimVerdict(claim, speed: speed).effort?.engines.first)
  }

  @Test("Machines, cores and memory by hand")
  func byHand() throws {
    var claim = Claim()
    claim.gallerySize = 1_000_000_000
    claim.seconds = 2
    claim.cameras = [1_000]
    claim.facesPerCameraDay = 86_400
    claim.matedShare = 0.5
    claim.lines = ["C"]
    claim.conditions = ["enrolment"]
    claim.fpirs = [0.01]
    // 16 GB on machines that may fill 9 of 10: two hold it. One search takes 5 s on one, so three make it
    // in 2 s. A pass of 10 takes 1e9 x 1e-9 x 10 = 10 s; two of them in 2 s want ten machines.
    let engine = try effort(
      claim,
      ClaimSpeed.Engine(
        name: "sketch", bytesPerTemplate: 16, measuredSize: 1_000, threads: 2, secondsAlone: 5e-9,
        batch: 10, secondsInBatch: 1e-9))
    #expect(engine.galleryBytes == 16e9)
    #expect(engine.machinesToHold == 2 && engine.machinesInTime == 3 && engine.group == 10)
    #expect(abs(engine.secondsAlone - 5) < 1e-9 && abs(engine.secondsInBatch - 10) < 1e-9)
    #expect(abs(engine.searchesPerSecond - 1) < 1e-9)
    // 1,000 searches a second at one each: 100 groups of ten, each with the whole gallery.
    let load = engine.loads[0]
    #expect(abs(load.searchesPerSecond - 1_000) < 1e-9)
    #expect(load.machines == 1_000 && load.cores == 2_000 && load.memoryBytes == 1.6e12)
    // Little load still wants one group, and without a time one machine is enough.
    claim.facesPerCameraDay = 1
    #expect(
      try effort(
        claim,
        ClaimSpeed.Engine(
          name: "sketch", bytesPerTemplate: 16, measuredSize: 1_000, threads: 2,
          secondsAlone: 5e-9, batch: 10, secondsInBatch: 1e-9)
      ).loads[0].machines == 10)
    claim.seconds = nil
    claim.gallerySize = 1_000
    let small = try effort(
      claim,
      ClaimSpeed.Engine(
        name: "exact", bytesPerTemplate: 2048, measuredSize: 1_000, threads: 2, secondsAlone: 1e-9,
        batch: 1, secondsInBatch: 1e-9))
    #expect(small.group == 1 && small.machinesInTime == nil && small.loads[0].machines == 1)
  }

  @Test("A bench's result gives the speeds of the rows with most threads")
  func bench() throws {
    let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Samples/bench-match.json").path
    let speed = try ClaimSpeed(bench: FilePath(samples))
    #expect(speed.source == "the bench in bench-match.json")
    #expect(speed.engines.map(\.name) == ["exact", "sketch"])
    #expect(speed.engines.map(\.bytesPerTemplate) == [2048, 16])
    #expect(speed.engines.allSatisfy { $0.threads == 2 && $0.measuredSize == 50_000 })
    #expect(speed.engines.allSatisfy { $0.secondsAlone >= $0.secondsInBatch })
    #expect(speed.engines.allSatisfy { $0.mateRecall == 1 && $0.cpuSecondsAlone ?? 0 > 0 })
    #expect(speed.machine.cores == 2 && speed.machine.memoryBytes == 25_276_502_016)
  }

  @Test("A file without speeds is refused in one line", arguments: ["", "{}", "[1]", "null"])
  func notABench(_ text: String) throws {
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    let error = #expect(throws: EvaluationError.self) { _ = try ClaimSpeed(bench: path) }
    #expect(error?.code == .badMeasurement)
    #expect(error?.message.contains("bench match --json") == true)
    let other = #expect(throws: EvaluationError.self) { _ = try ClaimMeasurement.all(in: path) }
    #expect(other?.code == .badMeasurement)
  }

  @Test(
    "Results of measured searches are read by rank and FPIR; later formats and wrong counts refused"
  )
  func measurements() throws {
    let text = """
      {"format_version": 1, "points": [{"gallery_size": 1000, "line": "C", "condition": "kiosk",
       "miss_by_rank": [{"rank": 1, "miss": {"count": 3, "trials": 100}},
                        {"rank": 50, "miss": {"count": 1, "trials": 100}}],
       "operating": [{"target_fpir": 0.01, "tpir": {"count": 90, "trials": 100}}]}]}
      """
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    let all = try ClaimMeasurement.all(in: path)
    #expect(all.map(\.reading) == [.rank(1), .rank(50), .tpir(fpir: 0.01)])
    #expect(all.map(\.found.count) == [97, 99, 90])
    #expect(all.allSatisfy { $0.gallerySize == 1000 && $0.condition == "kiosk" && $0.line == "C" })
    for (old, new) in [
      ("\"format_version\": 1", "\"format_version\": 2"), ("\"count\": 3", "\"count\": 101"),
      ("\"count\": 90", "\"count\": -1"),
    ] {
      let bad = try file(text.replacing(old, with: new))
      defer { try? FileManager.default.removeItem(atPath: bad.string) }
      let error = #expect(throws: EvaluationError.self) { _ = try ClaimMeasurement.all(in: bad) }
      #expect(error?.code == .badMeasurement, "\(new)")
    }
  }

  @Test("A trial measures exact, int8 and sketch search, with times above nothing")
  func trial() async throws {
    let speed = try await ClaimSpeed.trial(
      machine: Self.machine, threads: 1, bytes: 1 << 20, rounds: 1)
    #expect(speed.engines.map(\.name) == ["exact", "int8", "sketch"])
    #expect(speed.engines.map(\.measuredSize) == [512, 2_048, 65_536])
    for engine in speed.engines {
      #expect(engine.secondsAlone > 0 && engine.secondsInBatch > 0 && engine.threads == 1)
    }
  }
}
