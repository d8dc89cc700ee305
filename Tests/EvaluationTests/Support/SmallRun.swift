// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Galleries
import Population
import SystemPackage

/// A folder that is removed, with all in it, when this object goes.
final class TemporaryFolder {
  let path: FilePath

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "sightline-accuracy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = FilePath(url.path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path.appending(name).string))
  }

  func write(_ bytes: Data, to name: String) throws {
    try bytes.write(to: URL(filePath: path.appending(name).string))
  }
}

/// Small runs for tests.
enum SmallRun {
  static let population = Population(seed: 1)

  static func plan(
    sizes: [Int] = [3_000], mated: Int = 150, nonMated: Int = 200, k: Int = 5,
    fpir: [Double] = [0.1, 0.02], condition: CaptureCondition = .kiosk, line: QualityLine = .e,
    matcher: AccuracyMatcher = .exact, probeSeed: UInt64 = 1
  ) throws -> AccuracyPlan {
    try AccuracyPlan(
      population: population, probeSeed: probeSeed, mated: mated, nonMated: nonMated, k: k,
      fpir: fpir,
      points: sizes.map {
        AccuracyPoint(
          gallery: "procedural:\($0)", gallerySize: $0, line: line, condition: condition,
          matcher: matcher)
      })
  }

  static let software = AccuracyResult.Software(
    version: "0", command: ["sightline", "accuracy"], finishedAt: "2026-01-01T00:00:00Z")
  static let machine = AccuracyResult.Machine(
    cpu: "a CPU", cores: 2, memoryBytes: 1 << 34, kernels: "avx2", load: 0)

  static func execute(
    _ plan: AccuracyPlan, in path: FilePath, batch: Int? = nil,
    progress: @escaping @Sendable (AccuracyRun.Progress) -> Void = { _ in }
  ) async throws -> AccuracyResult {
    let folder = try AccuracyFolder(path, for: plan)
    let result = try await AccuracyRun(plan, population: population, threads: 2, batch: batch)
      .execute(in: folder, software: software, machine: machine, progress: progress)
    try folder.write(result, summary: "")
    return result
  }
}
