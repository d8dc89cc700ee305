// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Sightings
import Synchronization
import Testing
import Traffic

@Suite struct StreamTests {
  @Test("The number of threads changes no byte")
  func threads() async throws {
    let options = Town.options {
      $0.rhythm = .city; $0.hours = 0.2
    }
    let one = try await Town.run(options, threads: 1)
    #expect(one.records.count > 1000)
    for threads in [2, 3, 7] {
      #expect(try await Town.run(options, threads: threads).records == one.records)
    }
    let other = try await Town.run(
      Town.options {
        $0.seed = 9; $0.hours = 0.2
      })
    #expect(Set(other.records.map(\.id)).isDisjoint(with: one.records.map(\.id)))
  }

  @Test("Events come in order of time, numbered by camera, each once, and every sighting is closed")
  func laws() async throws {
    let day = try await Town.run(Town.options())
    let events = try day.events()
    var sequences: [String: Int64] = [:]
    var revisions: [String: Int] = [:]
    var closed: Set<String> = []
    var last: Timestamp?
    for event in events {
      let data = event.data
      #expect(event.time >= last ?? event.time)
      last = event.time
      #expect(event.sequence == (sequences[event.partitionKey] ?? 0) + 1)
      sequences[event.partitionKey] = event.sequence
      #expect(data.revision == (revisions[data.sightingID] ?? 0) + 1)
      #expect(!closed.contains(data.sightingID))
      revisions[data.sightingID] = data.revision
      if data.phase == .closed { closed.insert(data.sightingID) }
    }
    #expect(closed == Set(revisions.keys))
    #expect(Set(day.records.map(\.id)).count == events.count)
    #expect(day.tally.opened == closed.count && day.tally.events == events.count)
  }

  @Test("Nobody is before two cameras at once")
  func onePlace() async throws {
    let day = try await Town.run(
      Town.options {
        $0.people = 3000; $0.rate = 8; $0.hours = 1
      })
    var busy: [UInt64: Timestamp] = [:]
    let visits = day.scripts.map { script in
      (
        script.identity,
        day.model.time(camera: script.camera, frame: script.track.firstSequence),
        day.model.time(
          camera: script.camera, frame: script.track.firstSequence + script.captures.count - 1)
      )
    }.sorted { $0.1 < $1.1 }
    var again = 0
    for (identity, from, to) in visits {
      if let until = busy[identity] {
        #expect(from > until)
        again += 1
      }
      busy[identity] = to
    }
    #expect(again > 100)
  }

  @Test("No event says who it truly was, nor how alike anybody is to anybody but the listed")
  func noTruth() async throws {
    let day = try await Town.run(Town.options { $0.hours = 0.02 })
    for record in day.records {
      let text = String(decoding: record.body, as: UTF8.self)
      #expect(text.contains("\"simulated\":true"))
      for word in ["truth", "identity", "enrolled", "embedding", "right", "syn-1099511"] {
        #expect(!text.contains(word))
      }
    }
  }

  @Test("A rate that the people cannot walk for is refused with how many could")
  func tooFewPeople() throws {
    let options = Town.options { $0.people = 50 }
    #expect {
      try TrafficStream(try Town.model(options), threads: 1)
    } throws: { error in
      (error as? TrafficError)?.message.contains("--people: 50 people cannot make 20.0") == true
    }
  }

  @Test("A stream goes on after what an interrupted one has left")
  func resumed() async throws {
    let options = Town.options { $0.hours = 0.05 }
    let whole = try await Town.run(options)
    for there in [0, 1, 57, whole.records.count] {
      let sink = KeepingSink()
      var run = TrafficRun(
        try TrafficStream(try Town.model(options), threads: 2), sink: sink,
        now: { Timestamp(microseconds: 0) })
      run.alreadyThere = there
      let summary = try await run.execute()
      #expect(sink.records == Array(whole.records.dropFirst(there)))
      #expect(sink.finished == 1 && summary.state == "finished")
      #expect(summary.rate.events == whole.records.count)
    }
  }

  /// A clock that moves by itself, a little with each look.
  private final class Clock: Sendable {
    private let time: Mutex<Int64>
    private let step: Int64
    init(_ start: Timestamp, step: Int64) {
      time = Mutex(start.microseconds)
      self.step = step
    }
    var now: Timestamp {
      time.withLock {
        $0 += step
        return Timestamp(microseconds: $0)
      }
    }
  }

  @Test("On the wall clock events wait for their time, are stamped, and are those of the plan")
  func paced() async throws {
    let options = Town.options {
      $0.hours = 0.003; $0.clock = .wall; $0.rate = 30
    }
    let clock = Clock(options.start, step: 400_000)
    let sink = KeepingSink()
    let run = TrafficRun(
      try TrafficStream(try Town.model(options), threads: 2), sink: sink, now: { clock.now })
    let summary = try await run.execute()
    let events = try sink.records.map { try SightingEvent(json: $0.body) }
    #expect(events.count > 100 && summary.rate.events == events.count)
    for event in events {
      #expect(event.data.clock.kind == .wall)
      #expect(try #require(event.recordedTime) >= event.time)
    }
    let worst = events.map { ($0.recordedTime ?? $0.time).since($0.time) / .seconds(1) }.max()
    #expect(summary.pace?.worstSeconds == worst)
    // The same visits as on the virtual clock, under another name.
    var virtual = options
    virtual.clock = .virtual
    let plan = try await Town.run(virtual)
    #expect(events.map(\.time) == (try plan.events()).map(\.time))
  }

  @Test("A slow sink makes events late and not fewer, and it is told")
  func behind() async throws {
    let options = Town.options {
      $0.hours = 0.002; $0.clock = .wall; $0.rate = 30
    }
    let clock = Clock(options.start.advanced(by: .seconds(30)), step: 1000)
    let sink = KeepingSink()
    let told = Mutex(0.0)
    var run = TrafficRun(
      try TrafficStream(try Town.model(options), threads: 2), sink: sink, now: { clock.now })
    run.observer = { if case .behind(let seconds) = $0 { told.withLock { $0 = max($0, seconds) } } }
    let summary = try await run.execute()
    #expect(summary.rate.events == sink.records.count && sink.records.count > 80)
    #expect(told.withLock { $0 } > 20)
    #expect(summary.pace?.late == summary.rate.events)
  }

  @Test("A stop on the wall clock closes what is open")
  func stopped() async throws {
    let options = Town.options {
      $0.hours = 0.01; $0.clock = .wall; $0.rate = 30
    }
    let clock = Clock(options.start, step: 100_000)
    let sink = KeepingSink()
    var run = TrafficRun(
      try TrafficStream(try Town.model(options), threads: 2), sink: sink, now: { clock.now })
    let stop = options.start.advanced(by: .seconds(12))
    run.isStopped = { sink.records.last.map { $0.timeMicroseconds > stop.microseconds } ?? false }
    let summary = try await run.execute()
    let events = try sink.records.map { try SightingEvent(json: $0.body) }
    #expect(summary.state == "stopped" && summary.rate.events == events.count)
    #expect(events.count { $0.data.closeReason == .shutdown } > 0)
    var sequences: [String: Int64] = [:]
    for event in events {
      #expect(event.sequence == (sequences[event.partitionKey] ?? 0) + 1)
      sequences[event.partitionKey] = event.sequence
    }
    let open = Set(events.filter { $0.data.phase == .opened }.map(\.data.sightingID))
    #expect(Set(events.filter { $0.data.phase == .closed }.map(\.data.sightingID)) == open)
  }
}
