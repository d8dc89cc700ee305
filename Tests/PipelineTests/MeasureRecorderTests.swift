// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Synchronization
import Testing

@Suite("Measures that are read while they are taken")
struct MeasureRecorderTests {
  @Test("A reader that comes again and again sees everything once, and never less than before")
  func concurrent() async {
    let recorder = MeasureRecorder()
    let count = 20_000
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for value in 1...count {
          recorder.worked(.decode, UInt64(value) * 1_000)
          recorder.waited(.read, 5_000)
        }
      }
      group.addTask {
        var last = 0
        for _ in 0..<200 {
          let seen = recorder.read().work[.decode]?.count ?? 0
          #expect(seen >= last && seen <= count)
          last = seen
          await Task.yield()
        }
      }
    }
    for _ in 0..<2 {
      let measures = recorder.read()
      let work = measures.work[.decode] ?? Durations()
      #expect(work.count == count && measures.wait[.read]?.count == count)
      #expect(work.total == UInt64(count * (count + 1) / 2) * 1_000)
      #expect(measures.busy[.decode] == work.total)
      #expect(abs(work.milliseconds(atPercentile: 50) - 10) < 0.02)
    }
  }

  @Test("Cumulative buckets count each value once, below the bound that it is under")
  func cumulative() {
    var durations = Durations()
    for _ in 0..<3 { durations.record(900) }
    for _ in 0..<4 { durations.record(1_500_000) }
    durations.record(3_000_000_000_000)
    #expect(durations.cumulative([1_000, 1_000_000, 2_000_000, 1_000_000_000]) == [3, 3, 7, 7])
    #expect(durations.cumulative([]) == [])
    // Of any values and bounds: ascending, and right to the histogram's three digits.
    for _ in 0..<20 {
      let values = (0..<200).map { _ in UInt64.random(in: 1...100_000_000) }
      var durations = Durations()
      for value in values { durations.record(value) }
      let bounds = (0..<10).map { _ in UInt64.random(in: 1...200_000_000) }.sorted()
      for (bound, sum) in zip(bounds, durations.cumulative(bounds)) {
        #expect(sum >= values.count { $0 <= bound })
        #expect(sum <= values.count { Double($0) <= Double(bound) * 1.002 })
      }
    }
  }

  @Test("Latencies by camera are right to a sixteenth, and bounded in memory")
  func latencies() throws {
    for _ in 0..<20 {
      let values = (0..<300).map { _ in UInt64.random(in: 1...10_000_000_000) }.sorted()
      var latencies = CameraLatencies(cameras: 3)
      for value in values { latencies.record(value, camera: 1) }
      #expect(latencies.milliseconds(0.99, camera: 0) == nil)
      let exact = Double(values[296]) / 1e6
      let told = try #require(latencies.milliseconds(0.99, camera: 1))
      #expect(told >= exact && told <= exact * 1.0626 + 0.02)
    }
    var short = CameraLatencies(cameras: 1)
    short.record(0, camera: 0)
    short.record(.max, camera: 0)
    #expect(short.milliseconds(0.5, camera: 0) ?? 1 < 0.02)
    var many = CameraLatencies(cameras: 100_000)
    many.record(1, camera: 99_999)
    #expect(many.milliseconds(0.99, camera: 99_999) == nil)
  }
}
