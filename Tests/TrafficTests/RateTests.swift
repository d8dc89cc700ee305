// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Faces
import Matching
import Population
import Sightings
import Testing
import Traffic

/// What is drawn against what the closed forms expect.
@Suite struct RateTests {
  /// How far a count is from what is expected of it, in standard deviations: `residuals` are each
  /// search's outcome, 0 or 1, less its probability. Searches of one person share a typicality, so they
  /// are taken together. One more in the variance, for counts of a few.
  private func deviations(_ residuals: [(identity: UInt64, value: Double)]) -> Double {
    var sums: [UInt64: Double] = [:]
    for residual in residuals { sums[residual.identity, default: 0] += residual.value }
    let variance = sums.values.reduce(1) { $0 + $1 * $1 }
    return sums.values.reduce(0, +) / variance.squareRoot()
  }

  private static let towns: [TrafficOptions] = [
    Town.options {
      $0.hours = 0.5; $0.rate = 60; $0.people = 60_000; $0.mated = 0.3; $0.threshold = .fpir(0.05)
    },
    Town.options {
      $0.hours = 0.5
      $0.rate = 60
      $0.people = 60_000
      $0.lines = [.a, .e]
      $0.conditions = [.kiosk, .enrolment, .aged(years: 15)]
      $0.threshold = .fpir(0.02)
      $0.gallerySize = 1_000_000
    },
    Town.options {
      $0.hours = 0.5
      $0.rate = 60
      $0.people = 60_000
      $0.mated = 0.02
      $0.gallerySize = 2_000
      $0.threshold = .fpir(0.1)
      $0.populationSeed = 5
      $0.seed = 6
    },
    Town.options {
      $0.hours = 0.5
      $0.rate = 60
      $0.people = 60_000
      $0.gallerySize = 1_300_000_000
      $0.mated = 0.5
      $0.threshold = .fixed(0.6)
    },
  ]

  @Test("Wrong names and misses come as often as the closed forms expect", arguments: towns)
  func closedForms(options: TrafficOptions) async throws {
    let day = try await Town.run(options)
    let impostors = Population(seed: options.populationSeed).impostors
    let (threshold, size) = (day.model.threshold, options.templates)
    let fpir = impostors.fpir(threshold: threshold, gallerySize: size)
    for (number, group) in day.model.groups.enumerated() {
      let fnir = impostors.fnir(
        threshold: threshold, gallerySize: size, line: group.line, condition: group.condition)
      let misnaming = impostors.misnaming(
        threshold: threshold, gallerySize: size, line: group.line, condition: group.condition)
      var alarms: [(identity: UInt64, value: Double)] = []
      var missed = alarms
      var misnamed = alarms
      for script in day.scripts where day.model.group(of: script.camera) == number {
        for case let search? in script.searches {
          let alarm = (search.stranger ?? -2) >= threshold
          guard script.isEnrolled else {
            alarms.append((script.identity, (alarm ? 1 : 0) - fpir))
            continue
          }
          let mate = search.mate ?? -2
          let found = mate >= threshold && mate >= search.stranger ?? -2
          missed.append((script.identity, (found ? 0 : 1) - fnir))
          misnamed.append((script.identity, (alarm && !found ? 1 : 0) - misnaming))
        }
      }
      #expect(abs(deviations(alarms)) < 4, "alarms")
      #expect(abs(deviations(missed)) < 4, "missed")
      #expect(abs(deviations(misnamed)) < 4, "misnamed")
      let count = day.tally.searches[number]
      #expect(count.nonMated == alarms.count && count.mated == missed.count)
      #expect(count.alarms == alarms.count { $0.value > 0 })
      #expect(count.missed == missed.count { $0.value > 0 })
      #expect(count.misnamed == misnamed.count { $0.value > 0 })
    }
    #expect(day.tally.searches.reduce(0) { $0 + $1.alarms + $1.missed } > 200)
  }

  @Test(
    "Scores of strangers pass every threshold as often as the closed form says, not just the one")
  func wholeCurve() async throws {
    let day = try await Town.run(
      Town.options {
        $0.hours = 0.5; $0.rate = 60; $0.people = 60_000; $0.mated = 0.2
      })
    let searches = day.scripts.filter { !$0.isEnrolled }.flatMap { script in
      script.searches.compactMap { $0 }.map { (script.identity, $0) }
    }
    let impostors = Population(seed: 1).impostors
    for threshold in stride(from: 0.30, through: 0.56, by: 0.0325) {
      let rate = impostors.fpir(threshold: threshold, gallerySize: day.model.options.templates)
      let residuals = searches.map { identity, search in
        (identity: identity, value: (search.stranger ?? -2 >= threshold ? 1 : 0) - rate)
      }
      #expect(abs(deviations(residuals)) < 4, "\(threshold)")
    }
    #expect(searches.count > 5_000)
  }

  @Test("Lists fall, name nobody twice, and are of enrolled people")
  func lists() async throws {
    let day = try await Town.run(
      Town.options {
        $0.gallerySize = 6; $0.people = 20_000; $0.mated = 0; $0.threshold = .fixed(0.1)
      })
    for search in day.scripts.flatMap(\.searches).compactMap({ $0 }) {
      #expect(search.candidates.count <= 5)
      #expect(Set(search.candidates.map(\.subject)).count == search.candidates.count)
      #expect(search.candidates.allSatisfy { $0.subject < 6 })
      #expect(zip(search.candidates, search.candidates.dropFirst()).allSatisfy { $0.precedes($1) })
    }
  }

  @Test(
    "As many events come as the rate says, whatever part of whatever day",
    arguments: [(0.5, 0, DailyRhythm.flat), (2, 6, .city), (24, 0, .city), (3, 22, .city)])
  func rate(hours: Double, from: Int, rhythm: DailyRhythm) async throws {
    let options = Town.options {
      $0.hours = hours
      $0.rate = 20 / hours.squareRoot()
      $0.rhythm = rhythm
      $0.people = 60_000
      $0.start = $0.start.advanced(by: .seconds(from * 3600))
    }
    var events = 0
    let tally = try await Town.count(options) { events += $0.records.count }
    #expect(tally.events == events)
    let expected = options.rate * hours * 3600
    // The trial is good to 1 %, and walks come in bunches of some eight events.
    #expect(abs(Double(events) / expected - 1) < 0.05)
  }

  @Test("The rush hour is a rush and the night is quiet")
  func rhythm() async throws {
    var hours = [Int](repeating: 0, count: 24)
    try await Town.count(
      Town.options {
        $0.hours = 24; $0.rate = 2; $0.rhythm = .city; $0.people = 60_000
      }
    ) { chunk in
      for record in chunk.records { hours[Int(record.timeMicroseconds / 3_600_000_000 % 24)] += 1 }
    }
    #expect(hours[8] > 5 * hours[2] && hours[17] > 5 * hours[3] && hours[12] > hours[20])
  }

  @Test(
    "Quality is measured as the pipeline measures it",
    arguments: [(14.0, 15.0), (40, 120), (24, 0)])
  func quality(pixels: Double, margin: Double) async throws {
    let face = LocatedFace(
      marker: 0, box: .init(x: 0, y: 0, width: 1, height: 1), side: pixels, decodedSide: pixels,
      margin: margin)
    #expect(ModelledCapture.quality(pixels: pixels, margin: margin) == face.quality)
    let model = try Town.model(Town.options())
    #expect(model.contexts[0].qualityMethod == LocatedFace.qualityMethod)
  }

  @Test(
    "Options that cannot be honoured are refused in one line",
    arguments: [
      Town.options { $0.rate = 0 }, Town.options { $0.cameras = 0 }, Town.options { $0.people = 0 },
      Town.options { $0.hours = 0 }, Town.options { $0.mated = 1.5 },
      Town.options {
        $0.mated = 0.9; $0.gallerySize = 100
      }, Town.options { $0.threshold = .fpir(0) },
      Town.options { $0.threshold = .fixed(2) }, Town.options { $0.lines = [] },
    ])
  func refused(options: TrafficOptions) {
    #expect {
      try options.validate()
    } throws: { error in
      guard let error = error as? TrafficError else { return false }
      return error.message.hasPrefix("--") && !error.message.contains("\n")
    }
  }
}
