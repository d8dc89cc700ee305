// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking

/// What `bench stages` tells.
package struct StagesReport: Encodable, Sendable {
  /// Medians of the rounds; the ratio is the median of the rounds' ratios.
  package let pipelineMS: Double
  package let sumMS: Double
  package let ratio: Double
  package let framesPerSecond: Double
  package let result: StagesResult
  package let command: [String]
  package let machine: DoctorReport

  package init(_ result: StagesResult, machine: DoctorReport, command: [String]) {
    pipelineMS = result.median(\.pipelineMS)
    sumMS = result.median(\.sumMS)
    ratio = result.median(\.ratio)
    framesPerSecond = result.median(\.framesPerSecond)
    self.result = result
    self.command = command
    self.machine = machine
  }

  package var text: String {
    let settings = result.settings
    let names = result.rounds.first?.stages.map(\.name) ?? []
    let rows = names.indices.map { stage -> [String] in
      let cost = result.median { $0.stages[stage].cpuMS }
      return [
        names[stage], Text.fixed(cost, 3), Text.percent(sumMS > 0 ? cost / sumMS : 0),
      ]
    }
    let table = Text.table(
      [["stage alone", "CPU ms a frame", "share"]] + rows + [
        ["sum of stages", Text.fixed(sumMS, 3), ""],
        ["whole pipeline", Text.fixed(pipelineMS, 3), ""],
      ])
    let ratios = result.rounds.map(\.ratio).sorted()
    return """
      Stages: \(settings.frameSizes.joined(separator: ", ")), scale \(settings.scale), locating in \
      \(settings.locate) at decimation \(Text.rate(settings.decimation)), \(settings.gallery) by \
      \(result.matcher), threads \(settings.threads), bus \(settings.bus), batches of \
      \(settings.batch) that wait \(Text.rate(settings.batchWaitMS)) ms, \
      \(Text.rate(max(settings.batchWaitMS, settings.batchBacklogWaitMS))) ms while frames queue; \(result.rounds.count) rounds; \
      load \(Text.fixed(result.loadBefore, 1)) before, \(Text.fixed(result.loadAfter, 1)) after

      \(table)

      ratio \(Text.fixed(ratio, 3)) (rounds \(Text.fixed(ratios.first ?? 0, 3)) to \
      \(Text.fixed(ratios.last ?? 0, 3))); \(Text.fixed(framesPerSecond, 1)) frames/s all at once, \
      \(Text.fixed(result.median(\.coresUsed), 2)) cores in use, \
      \(Text.fixed(result.median(\.framesPerBatch), 2)) frames with faces a search; memory for frames \
      taken \(result.rounds.map(\.frameAllocations).max() ?? 0) times a run\(heap)
      """
  }

  /// What is asked of the heap a frame, where `Bench/allocations/count.c` counts.
  private var heap: String {
    guard let round = result.rounds.first, round.heap != nil else { return "" }
    func row(_ name: String, _ heap: (StagesResult.Round) -> StagesResult.Heap?) -> [String] {
      [name]
        + [\StagesResult.Heap.calls, \.bytes, \.libraryCalls, \.libraryBytes].map { figure in
          Text.fixed(result.median { heap($0)?[keyPath: figure] ?? 0 }, 2)
        }
    }
    let rows = round.stages.indices.map { stage in
      row(round.stages[stage].name) { $0.stages[stage].heap }
    }
    let table = Text.table(
      [["of the heap a frame", "calls, ours", "bytes", "calls, libraries'", "bytes"]] + rows
        + [row("whole pipeline") { $0.heap }])
    return """


      \(table)

      counting takes time: CPU figures are to be had without it
      """
  }
}
