// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Interrupted and damaged", .serialized)
struct InterruptionTests {
  /// A set that takes a few seconds with one thread at full search.
  private func longSet(_ scratch: Scratch) throws -> String {
    let path = scratch.path("frames")
    let made = try Binary.run(
      "simulate", "--out", path, "--cameras", "4", "--seconds", "25", "--fps", "5", "--size",
      "640x360", "--distance", "near", "--seed", "3")
    #expect(made.status == 0, "\(made.errors)")
    return path
  }

  private func start(_ frames: String, _ bus: String) throws -> Process {
    let process = Binary.process([
      "run", frames, "--bus", bus, "--threads", "1", "--decimation", "1", "--gallery-size", "20k",
    ])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits until the bus holds at least `count` events, or the process has ended.
  private func wait(for count: Int, on bus: String, _ process: Process) throws {
    for _ in 0..<400 where process.isRunning {
      let tail = try Binary.run("bus", "tail", "--bus", bus)
      if tail.status == 0, tail.output.split(separator: "\n").count >= count { return }
      usleep(20_000)
    }
  }

  @Test("After kill -9, again and again, no event is lost or repeated and every sighting is closed")
  func killed() throws {
    let scratch = try Scratch()
    let frames = try longSet(scratch)
    let bus = "sqlite:\(scratch.path("bus.db"))"
    var durable: [String] = []
    var killed = 0
    // Six times, at places in the log; with the heavy tests then on to twenty, at random moments.
    let heavy = ProcessInfo.processInfo.environment["SIGHTLINE_HEAVY"] == "1"
    for round in 1...(heavy ? 60 : 6) {
      if killed == 20 { break }
      let process = try start(frames, bus)
      if round <= 6 {
        try wait(for: durable.count + 1 + round % 3, on: bus, process)
      } else {
        usleep(.random(in: 1_000...400_000))
      }
      if process.isRunning {
        kill(process.processIdentifier, SIGKILL)
        killed += 1
      }
      process.waitUntilExit()
      let now = try BusEvents(bus).lines
      #expect(Array(now.prefix(durable.count)) == durable, "what was durable stays as it was")
      durable = now
    }
    #expect(killed >= (heavy ? 20 : 3), "the run was too fast to be interrupted")

    let last = try Binary.run(
      "run", frames, "--bus", bus, "--gallery-size", "20k", "--decimation", "1", "--json")
    #expect(last.status == 0, "\(last.errors)")
    #expect(try object(last.output)["resumed"] as? Bool == true)
    let bus1 = try BusEvents(bus)
    #expect(Array(bus1.lines.prefix(durable.count)) == durable)
    #expect(Set(bus1.ids).count == bus1.ids.count, "an event id twice")
    let (opened, closed) = (bus1.subjects("opened"), bus1.subjects("closed"))
    #expect(opened.count == Set(opened).count && closed.count == Set(closed).count)
    #expect(Set(opened) == Set(closed), "a sighting that was opened and never closed")
    let recovered = bus1.events.filter { bus1.data($0)["close_reason"] as? String == "recovered" }
    #expect(!recovered.isEmpty)
    // Sequence numbers of each camera rise by one, over all interruptions.
    for (camera, events) in Dictionary(
      grouping: bus1.events, by: { $0["partitionkey"] as? String ?? "" })
    {
      let numbers = events.compactMap { ($0["sequence"] as? String).flatMap { Int($0) } }
      #expect(numbers == Array(1...max(1, numbers.count)), "\(camera)")
    }

    let verified = try Binary.run("bus", "verify", "--bus", bus)
    #expect(verified.status == 0, "\(verified.errors)")

    // Nothing is left to resume: the next run is a new one.
    let again = try Binary.run(
      "run", frames, "--bus", bus, "--gallery-size", "20k", "--decimation", "1", "--json")
    #expect(try object(again.output)["resumed"] as? Bool == false)
  }

  @Test("Ctrl-C ends with 130 and a summary, closes what is open, and the next run goes on")
  func interrupted() throws {
    let scratch = try Scratch()
    let frames = try longSet(scratch)
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let process = Binary.process([
      "run", frames, "--bus", bus, "--threads", "1", "--decimation", "1", "--gallery-size", "20k",
      "--json",
    ])
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    try wait(for: 2, on: bus, process)
    kill(process.processIdentifier, SIGINT)
    let summary = try object(
      String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(summary["state"] as? String == "stopped")
    let frames1 = try #require(summary["frames"] as? [String: Any])
    #expect(
      frames1.number("in") == (frames1.number("decoded") ?? 0) + (frames1.number("dropped") ?? 0))
    let events = try BusEvents(bus)
    #expect(Set(events.subjects("opened")) == Set(events.subjects("closed")))

    let rest = try Binary.run(
      "run", frames, "--bus", bus, "--gallery-size", "20k", "--decimation", "1", "--json")
    let second = try object(rest.output)
    #expect(second["resumed"] as? Bool == true)
    #expect((second.number("frames", "in") ?? 0) + (frames1.number("in") ?? 0) == 500)
    #expect(second["run_id"] as? String == summary["run_id"] as? String)
  }

  @Test("A second run on the same bus is refused and told who holds it")
  func locked() throws {
    let scratch = try Scratch()
    let frames = try longSet(scratch)
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let process = try start(frames, bus)
    try wait(for: 1, on: bus, process)
    let second = try Binary.run("run", frames, "--bus", bus)
    let pid = process.processIdentifier
    kill(pid, SIGKILL)
    process.waitUntilExit()
    #expect(second.status == 1)
    #expect(second.errors.contains("\(pid)"), "\(second.errors)")
  }

  /// A copy of SampleFrames with one thing wrong, what to do to it, and what must be said.
  static let damages: [(name: String, shell: String, words: String)] = [
    (
      "a frame with another digest",
      "printf x | dd of=frames/cam-02/000005.jpg conv=notrunc bs=1 seek=900",
      "cam-02/000005"
    ),
    ("a frame that is cut", "truncate -s 1000 frames/cam-03/000007.jpg", "has 1000 bytes"),
    ("a frame that is gone", "rm frames/cam-01/000002.jpg", "no such file"),
    ("probes with a row missing", "truncate -s -2048 probes.fbin", "probes.fbin"),
    (
      "an appearance without its row",
      #"sed -i 's/"first_row" : 45/"first_row" : 46/' manifest.json"#, "rows"
    ),
    (
      "a manifest of a later version",
      #"sed -i 's/"format_version" : 1/"format_version" : 2/' manifest.json"#,
      "update sightline"
    ),
    ("a manifest that is no JSON", "truncate -s 5000 manifest.json", "is it a frame set?"),
    ("no manifest", "rm manifest.json", "no such file"),
    (
      "a camera with a colon in its name",
      #"sed -i 's/"cam-01"/"cam:01"/' manifest.json"#, "letters, digits"
    ),
    (
      "a sequence number at the end of the integers",
      #"sed -i '0,/"seq" : [0-9]*/s//"seq" : 9223372036854775807/' manifest.json"#, "out of order"
    ),
    (
      "a capture time in the year 9999",
      #"sed -i '0,/"captured_at_us" : [0-9]*/s//"captured_at_us" : 253402300799999999/' manifest.json"#,
      "impossible time"
    ),
    (
      "a box out of this world",
      #"sed -i '0,/"boxes" : \[/s//"boxes" : [[9223372036854775807,0,5,10]/' manifest.json"#,
      "impossible box"
    ),
    (
      "a frame outside the folder",
      #"sed -i 's,"file" : "frames/cam-01/000000.jpg","file" : "../../etc/passwd",' manifest.json"#,
      "outside the set"
    ),
  ]

  @Test(
    "A damaged frame set is refused in one clear line, with status 1", arguments: damages.indices)
  func damaged(index: Int) throws {
    let damage = Self.damages[index]
    let scratch = try Scratch()
    let copy = scratch.path("set")
    try FileManager.default.copyItem(atPath: Binary.samples, toPath: copy)
    let made = try Binary.shell("cd '\(copy)' && \(damage.shell)")
    #expect(made.status == 0, "\(made.errors)")
    let result = try Binary.run("run", copy, "--bus", "sqlite:\(scratch.path("bus.db"))", "--json")
    #expect(result.status == 1, "\(damage.name)")
    #expect(result.output == "")
    #expect(result.errors.contains(damage.words), "\(damage.name): \(result.errors)")
    // Beside progress, which a slow machine may show.
    let words = result.errors.split(separator: "\n").filter {
      !$0.hasPrefix("run: ") && !$0.hasPrefix("gallery: ")
    }
    #expect(words.count == 1, "\(result.errors)")
  }

  @Test("A full disk leaves no frame set behind and says so")
  func fullDiskWhileRendering() throws {
    let scratch = try Scratch()
    // A limit on file size fails writes half-way, as a full disk does.
    let result = try Binary.shell(
      """
      trap '' XFSZ; ulimit -f 60
      "$SIGHTLINE" simulate --out '\(scratch.path("frames"))' --seconds 2
      """)
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot write"), "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == [])
  }

  @Test("A full disk under the bus ends the run with 1, and what was durable stays readable")
  func fullDiskUnderTheBus() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let result = try Binary.shell(
      """
      trap '' XFSZ; ulimit -f 80
      "$SIGHTLINE" run '\(Binary.samples)' --bus '\(bus)'
      """)
    #expect(result.status == 1)
    #expect(result.errors.contains("bus.db"), "\(result.errors)")
    #expect(try Binary.run("bus", "tail", "--bus", bus).status == 0)
    let resumed = try Binary.run("run", Binary.samples, "--bus", bus, "--json")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let events = try BusEvents(bus)
    #expect(Set(events.ids).count == events.ids.count)
    #expect(Set(events.subjects("opened")) == Set(events.subjects("closed")))
  }

  @Test("Output that cannot be written is a failure, not a success", arguments: ["run", "tail"])
  func fullOutput(command: String) throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    #expect(try Binary.run("run", Binary.samples, "--bus", bus).status == 0)
    let line =
      command == "run" ? "run '\(Binary.samples)' --json --bus '\(bus)'" : "bus tail --bus '\(bus)'"
    let result = try Binary.shell("\"$SIGHTLINE\" \(line) > /dev/full")
    #expect(result.status == 1)
    #expect(result.errors.contains("no space left"), "\(result.errors)")
  }

  @Test("Places that cannot be written or read are told by name")
  func places() throws {
    let scratch = try Scratch()
    let missing = scratch.path("none/bus.db")
    let run = try Binary.run("run", Binary.samples, "--bus", "sqlite:\(missing)")
    #expect(run.status == 1 && run.errors.contains("none"), "\(run.errors)")
    let tail = try Binary.run("bus", "tail", "--bus", "sqlite:\(scratch.path("none.db"))")
    #expect(tail.status == 1 && tail.errors.contains("none.db"), "\(tail.errors)")
    let score = try Binary.run("score", scratch.path("nowhere"))
    #expect(score.status == 1 && score.errors.contains("nowhere"), "\(score.errors)")
    try Data("no database".utf8).write(to: scratch.url.appendingPathComponent("text.db"))
    let other = try Binary.run("run", Binary.samples, "--bus", "sqlite:\(scratch.path("text.db"))")
    #expect(other.status == 1 && other.errors.contains("text.db"), "\(other.errors)")
    let twice = try Binary.run("simulate", "--out", Binary.samples)
    #expect(twice.status == 1 && twice.errors.contains("SampleFrames"), "\(twice.errors)")
  }

  @Test("`bus tail --follow` shows events while a run writes them, and --from skips")
  func follow() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    #expect(try Binary.run("run", Binary.samples, "--bus", bus).status == 0)
    let all = try BusEvents(bus).lines
    let result = try Binary.shell(
      """
      timeout 60 "$SIGHTLINE" bus tail --bus '\(bus)' --follow > '\(scratch.path("seen"))' & tail=$!
      "$SIGHTLINE" run '\(Binary.samples)' --bus '\(bus)' --threshold 0.5 > /dev/null 2>&1
      all=$("$SIGHTLINE" bus tail --bus '\(bus)' | wc -l)
      for _ in $(seq 300); do
        [ "$(wc -l < '\(scratch.path("seen"))')" -ge "$all" ] && break; sleep 0.1
      done
      kill $tail; wait $tail
      "$SIGHTLINE" bus tail --bus '\(bus)' --from \(all.count + 1) | wc -l
      wc -l < '\(scratch.path("seen"))'
      """)
    let counts = result.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    #expect(counts.count == 2, "\(result.output) \(result.errors)")
    #expect(counts.first ?? 0 > 0 && counts.last == all.count + (counts.first ?? 0))
  }
}
