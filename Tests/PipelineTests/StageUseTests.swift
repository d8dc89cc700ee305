// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("Utilisation of stages")
struct StageUseTests {
  private func use(_ busy: [Stage: UInt64], workers: Int) -> StageUse {
    var measures = StageMeasures()
    for (stage, nanoseconds) in busy { measures.worked(stage, nanoseconds) }
    return StageUse(measures, over: 1_000, workers: workers)
  }

  @Test("Stages of the workers have their threads together, and the largest of them is named")
  func workers() throws {
    let use = use([.read: 100, .decode: 500, .locate: 900, .match: 600], workers: 2)
    #expect(use.share(of: .locate) == 0.45)
    #expect(use.share(of: .match) == 0.6)
    #expect(use.share(of: .track) == 0)
    let bottleneck = try #require(use.bottleneck)
    #expect(bottleneck.stage == "locate")
    #expect(abs(bottleneck.utilisation - 0.75) < 1e-12)
  }

  @Test("A stage with a thread of its own is the bottleneck when it is busier than all workers")
  func own() throws {
    let use = use([.decode: 500, .locate: 900, .match: 800], workers: 2)
    #expect(use.bottleneck?.stage == "match")
    #expect(use.bottleneck?.utilisation == 0.8)
  }

  @Test("Where nothing was done there is none")
  func none() { #expect(use([:], workers: 4).bottleneck == nil) }
}
