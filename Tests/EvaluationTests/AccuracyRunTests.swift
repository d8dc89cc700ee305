// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Files
import Foundation
import Galleries
import Matching
import Population
import Synchronization
import SystemPackage
import Testing

@Suite("An accuracy run")
struct AccuracyRunTests {
  /// The result without what depends on time.
  private func timeless(_ result: AccuracyResult) -> AccuracyResult {
    var result = result
    for index in result.points.indices {
      result.points[index].cost.wallSeconds = 0
      result.points[index].cost.cpuSeconds = 0
      result.points[index].cost.probesPerSecond = 0
      result.points[index].cost.millisecondsPerProbe = 0
      result.points[index].cost.gallerySeconds = 0
      result.points[index].cost.batch = 0
    }
    return result
  }

  @Test("Its figures are those counted from the templates themselves")
  func bruteForce() async throws {
    let folder = try TemporaryFolder()
    let plan = try SmallRun.plan(sizes: [400], mated: 60, nonMated: 70, fpir: [0.1])
    let point = try await SmallRun.execute(plan, in: folder.path).points[0]

    let searches = LabelledSearches(
      plan, population: SmallRun.population, line: .e, condition: .kiosk)
    var templates = [[Float]](repeating: [Float](repeating: 0, count: 512), count: 400)
    for row in templates.indices {
      unsafe templates[row].withUnsafeMutableBufferPointer {
        unsafe SmallRun.population.writeTemplate(of: UInt64(row), into: $0)
      }
    }
    var (misses, failed, alarms) = (0, 0, [Float]())
    var mates: [(Float, Bool)] = []
    for probe in 0..<searches.count {
      var capture = [Float](repeating: 0, count: 512)
      let cosine = unsafe capture.withUnsafeMutableBufferPointer {
        unsafe SmallRun.population.writeCapture(
          of: searches.subject(probe), line: .e, condition: .kiosk, draw: 1, into: $0)
      }
      let scores = templates.map { row in
        zip(row, capture).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
      if searches.isMated(probe) {
        let mate = Int(searches.subject(probe))
        let best = scores.indices.filter { $0 != mate }.map { scores[$0] }.max() ?? -1
        let hit = cosine != nil && scores[mate] > best
        mates.append((Float(scores[mate]), hit))
        if cosine == nil { failed += 1 }
        if !hit { misses += 1 }
      } else {
        alarms.append(cosine == nil ? -2 : Float(scores.max() ?? -1))
      }
    }
    #expect(point.failedMated.count == failed)
    #expect(point.rankOneMiss.count == misses)
    let threshold = alarms.sorted(by: >)[7]
    let operating = point.operating[0]
    #expect(abs(operating.threshold - threshold) < 1e-6)
    #expect(operating.fpir.count == 7)
    #expect(operating.fnir.count == mates.count { !($0.1 && $0.0 > threshold) })
    let causes = operating.misses
    #expect(
      causes.failed + causes.belowThreshold + causes.outranked + causes.lost
        == operating.fnir.count)
    #expect(point.lostMates.count == 0)
  }

  @Test("Interrupted and taken up again, it comes to the same as in one go, whatever the batches")
  func resumes() async throws {
    let (whole, broken) = (try TemporaryFolder(), try TemporaryFolder())
    let plan = try SmallRun.plan(sizes: [2_000, 3_000])
    let expected = try await SmallRun.execute(plan, in: whole.path)
    // Cancels itself when some batches are done.
    let task = Task {
      try await SmallRun.execute(plan, in: broken.path, batch: 64) { event in
        if case .searches(_, let done, _, _) = event, done >= 128 {
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    let interruption = await #expect(throws: EvaluationError.self) { try await task.value }
    #expect(interruption?.code == .interrupted)
    #expect(!FileManager.default.fileExists(atPath: broken.path.appending("result.json").string))
    let seen = Mutex<[Int]>([])
    let resumed = try await SmallRun.execute(plan, in: broken.path, batch: 256) { event in
      if case .searches(_, _, _, let before) = event { seen.withLock { $0.append(before) } }
    }
    #expect(seen.withLock { $0.first } == 128)
    #expect(timeless(expected) == timeless(resumed))
    // A third time nothing is searched, and other FPIRs may be stated of the same searches.
    let restated = try SmallRun.plan(sizes: [2_000, 3_000], fpir: [0.05])
    let again = try await SmallRun.execute(restated, in: broken.path) { event in
      if case .searches = event { Issue.record("searched again") }
    }
    #expect(again.points[0].rankOneMiss == expected.points[0].rankOneMiss)
    #expect(again.points[0].operating.map(\.targetFpir) == [0.05])
  }

  @Test("Same probes in nested galleries: threshold, rank-1 miss and FNIR never fall with N")
  func nested() async throws {
    let folder = try TemporaryFolder()
    let plan = try SmallRun.plan(sizes: [500, 2_000, 8_000], mated: 300, nonMated: 300)
    let points = try await SmallRun.execute(plan, in: folder.path).points
    for (small, large) in zip(points, points.dropFirst()) {
      #expect(small.rankOneMiss.count <= large.rankOneMiss.count)
      for (a, b) in zip(small.operating, large.operating) {
        #expect(a.threshold <= b.threshold)
        #expect(a.fnir.count <= b.fnir.count)
        #expect(a.fnir.count >= small.rankOneMiss.count)
        #expect(a.fnirInList.count <= a.fnir.count)
      }
      for (a, b) in zip(small.missByRank, small.missByRank.dropFirst()) {
        #expect(a.miss.count >= b.miss.count)
      }
      for (a, b) in zip(small.det, small.det.dropFirst()) {
        #expect(a.threshold > b.threshold && a.alarms < b.alarms && a.misses >= b.misses)
      }
      #expect(small.det.allSatisfy { $0.alarms >= 3 })
    }
    #expect(points[0].missByRank.count == 5)
  }

  @Test(
    "int8 rescored and streaming have the outcomes of exact search",
    arguments: [AccuracyMatcher.int8, .streaming])
  func exactMatchers(_ matcher: AccuracyMatcher) async throws {
    let (a, b) = (try TemporaryFolder(), try TemporaryFolder())
    let plan = try SmallRun.plan()
    let other = try SmallRun.plan(matcher: matcher)
    let expected = try await SmallRun.execute(plan, in: a.path)
    let found = try await SmallRun.execute(other, in: b.path)
    #expect(
      try AccuracyRecording(a.path).outcomes(of: plan.points[0])
        == AccuracyRecording(b.path).outcomes(of: other.points[0]))
    #expect(expected.points[0].operating == found.points[0].operating)
  }

  @Test("What is stated lies on its own searches: FPIR at the threshold is at most the target")
  func stated() async throws {
    let folder = try TemporaryFolder()
    let result = try await SmallRun.execute(try SmallRun.plan(), in: folder.path)
    for at in result.points[0].operating {
      #expect(at.fpir.rate.map { $0 <= at.targetFpir } == true)
      #expect(at.thresholdLow <= at.threshold && at.threshold <= at.thresholdHigh)
      #expect(at.fnirEstimate.low <= at.fnir.low && at.fnir.high <= at.fnirEstimate.high)
      #expect(at.selectivity.value >= at.fpir.rate ?? 0)
      #expect(at.tpir.count + at.fnir.count == at.fnir.trials)
    }
    // Kiosk captures fail in 4 % of cases.
    #expect((1...20).contains(result.points[0].failedMated.count))
    #expect(result.outlook.contains { $0.gallerySize == 1_300_000_000 && $0.extrapolated })
    #expect(result.outlook.allSatisfy { $0.extrapolated == ($0.gallerySize > 3_000) })
    #expect(try AccuracyResult.read(folder.path) == result)
  }

  @Test("A short list makes an approximate matcher lose mates, and they are told from the others")
  func approximate() async throws {
    let folder = try TemporaryFolder()
    let point = AccuracyPoint(
      gallery: "procedural:60000", gallerySize: 60_000, line: .e, condition: .shifted(by: -0.2),
      matcher: .sketch, listLength: 4_096)
    let plan = try AccuracyPlan(
      population: SmallRun.population, probeSeed: 3, mated: 200, nonMated: 60, k: 50, fpir: [0.5],
      points: [point], reference: 50)
    let result = try await SmallRun.execute(plan, in: folder.path).points[0]
    let recall = try #require(result.recall)
    #expect(recall.probes == 50)
    #expect(recall.mates.trials - recall.mates.count == result.lostMates.count)
    #expect(result.listLength == 4_096)
    #expect(!result.matcher.isExact)
    // Exact search of the same probes loses nobody, and misses no more.
    var exact = plan
    exact.points[0].matcher = .exact
    exact.points[0].listLength = nil
    exact.reference = nil
    let other = try TemporaryFolder()
    let truth = try await SmallRun.execute(exact, in: other.path).points[0]
    #expect(truth.lostMates.count == 0 && truth.recall == nil)
    // The exact alarms at the sketch's threshold among the first 50 are the trials of its recall.
    let sample = try AccuracyRecording(other.path).sample(of: exact.points[0])
    let threshold = recall.alarms[0].threshold
    #expect(
      recall.alarms[0].found.trials == sample.alarmScores.prefix(50).count { $0 >= threshold })
    #expect(recall.alarms[0].found.trials > 5)
    #expect(
      truth.missByRank[49].miss.count + result.lostMates.count >= result.missByRank[49].miss.count)
    #expect(result.missByRank[49].miss.count >= truth.missByRank[49].miss.count)
  }
}

@Suite("The plan of an accuracy run")
struct AccuracyPlanTests {
  private func message(_ body: () throws -> AccuracyPlan) -> String {
    do {
      _ = try body()
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test("It refuses what its searches cannot show, in one line with the remedy")
  func refusals() throws {
    #expect(message { try SmallRun.plan(fpir: [0.003]) }.contains("--nonmated 1000"))
    #expect(message { try SmallRun.plan(mated: 0) }.contains("mated probes"))
    #expect(message { try SmallRun.plan(nonMated: 0) }.contains("non-mated probes"))
    #expect(message { try SmallRun.plan(mated: 3_001) }.contains("smallest gallery has 3000"))
    #expect(message { try SmallRun.plan(sizes: [3_000, 100]) }.contains("has 100"))
    #expect(message { try SmallRun.plan(fpir: [1.5]) }.contains("between 0 and 1"))
    #expect(message { try SmallRun.plan(k: 0) }.contains("candidates"))
    #expect(message { try SmallRun.plan(sizes: [500, 500]) }.contains("same"))
    // Exactly 3/n is stated.
    #expect(message { try SmallRun.plan(nonMated: 1_000, fpir: [0.003]) } == "accepted")
    for text in [message { try SmallRun.plan(fpir: [0.003]) }] { #expect(!text.contains("\n")) }
  }

  @Test("Mates are all different and spread over the gallery; strangers are nobody of it")
  func probes() throws {
    let plan = try SmallRun.plan(sizes: [1_000], mated: 300, nonMated: 300, fpir: [0.1])
    let searches = LabelledSearches(
      plan, population: SmallRun.population, line: .c, condition: .enrolment)
    let mates = (0..<300).map { searches.subject($0) }
    #expect(Set(mates).count == 300 && mates.allSatisfy { $0 < 1_000 })
    #expect(mates.count { $0 < 500 } == 150)
    let strangers = (300..<600).map { searches.subject($0) }
    #expect(Set(strangers).count == 300)
    #expect(strangers.allSatisfy { $0 >= Population.firstStranger })
    let other = try SmallRun.plan(
      sizes: [1_000], mated: 300, nonMated: 300, fpir: [0.1], probeSeed: 2)
    let others = LabelledSearches(
      other, population: SmallRun.population, line: .c, condition: .enrolment)
    #expect((0..<300).map { others.subject($0) } != mates)
    // Everybody enrolled is probed once where there are as many probes.
    let all = try SmallRun.plan(sizes: [300], mated: 300, nonMated: 300, fpir: [0.1])
    let everybody = LabelledSearches(
      all, population: SmallRun.population, line: .c, condition: .enrolment)
    #expect((0..<300).map { everybody.subject($0) } == Array(0..<300))
  }

  @Test("The digest tells plans apart, and the id only what decides a point's outcomes")
  func digests() throws {
    let plan = try SmallRun.plan()
    let restated = try SmallRun.plan(fpir: [0.05])
    #expect(plan.digest != restated.digest)
    #expect(plan.id(of: plan.points[0]) == restated.id(of: restated.points[0]))
    let reseeded = try SmallRun.plan(probeSeed: 2)
    #expect(plan.id(of: plan.points[0]) != reseeded.id(of: reseeded.points[0]))
  }
}
