// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import FoundationEssentials
import Sensors
import Testing

@Suite("Simulation options")
struct SimulationOptionsTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let option: String
    let change: @Sendable (inout SimulationOptions) -> Void
    var testDescription: String { option }
  }

  static let allMistakes: [Mistake] = [
    Mistake(option: "--cameras") { $0.cameras = 0 },
    Mistake(option: "--seconds") { $0.seconds = .nan },
    Mistake(option: "--seconds") { ($0.seconds, $0.framesPerSecond) = (0.01, 1) },
    Mistake(option: "--fps") { $0.framesPerSecond = 0 },
    Mistake(option: "--size") { $0.size.width = 10 },
    Mistake(option: "--people") { $0.people = 0 },
    Mistake(option: "--people") { ($0.people, $0.enrolled) = (5, 4) },
    Mistake(option: "--crowd") { $0.crowd = 17 },
    Mistake(option: "--crossing") { ($0.crossing, $0.crowd) = (true, 1) },
    Mistake(option: "--crossing") { ($0.crossing, $0.seconds) = (true, 1) },
    Mistake(option: "--mated") { $0.mated = 1.5 },
    Mistake(option: "--enrolled") { $0.enrolled = 1 << 40 },
    Mistake(option: "--blur") { $0.blur = [0, -1] },
    Mistake(option: "--blur") { $0.blur = [] },
    Mistake(option: "--exposure") { $0.exposure = [0] },
    Mistake(option: "--noise") { $0.noise = [13] },
    Mistake(option: "--quality") { $0.quality = [85, 0] },
    Mistake(option: "--distance") { $0.distance = [] },
    Mistake(option: "--dropped") { $0.dropped = .frames(-1) },
    Mistake(option: "--truncated") { $0.truncated = .percent(101) },
    Mistake(option: "--dropped") { ($0.dropped, $0.garbage) = (.percent(60), .percent(60)) },
  ]

  @Test("name the option that cannot be honoured", arguments: allMistakes)
  func caught(_ mistake: Mistake) {
    var options = SimulationOptions()
    mistake.change(&options)
    let error = #expect(throws: SimulationError.self) { try options.validate() }
    #expect(error?.option == mistake.option)
    #expect(error?.message.isEmpty == false)
  }

  @Test("that ask for more people than fit are refused before anything is written")
  func tooManyPeople() async throws {
    let studio = try Studio()
    var options = SimulationOptions.tiny
    options.people = 9
    let error = await #expect(throws: SimulationError.self) {
      try await studio.shoot("set", options)
    }
    #expect(error?.option == "--people")
    #expect(try studio.content() == [])
  }

  @Test("as they are by default are good, and survive JSON")
  func defaults() throws {
    var options = SimulationOptions()
    try options.validate()
    options.dropped = .percent(2.5)
    options.garbage = .frames(3)
    options.people = 4
    let json = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(SimulationOptions.self, from: json) == options)
    #expect(options.arguments.contains("2.5%"))
  }

  @Test("are read from text as people write it")
  func parsing() throws {
    #expect(try FrameSize("960x540") == FrameSize(width: 960, height: 540))
    #expect(try FaultCount("3", option: "--dropped") == .frames(3))
    #expect(try FaultCount("2.5%", option: "--dropped").count(of: 200) == 5)
    #expect(try SimulationOptions.list("0,1.2", option: "--blur", Double.init) == [0, 1.2])
    for text in ["", "960", "960x", "x540", "960x540x3"] {
      #expect(throws: SimulationError.self) { try FrameSize(text) }
    }
    #expect(throws: SimulationError.self) { try FaultCount("many", option: "--dropped") }
    #expect(throws: SimulationError.self) {
      try SimulationOptions.list("1,,2", option: "--blur", Double.init)
    }
  }
}
