// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
internal import Files
internal import Population
internal import Sightings

/// What a stream came to: what was expected beside what was drawn.
package struct TrafficSummary: Codable, Hashable, Sendable {
  package struct Rate: Codable, Hashable, Sendable {
    /// Events a second, the mean over the span.
    package let asked: Double
    /// Events over the time that was told of, in the stream's own time.
    package let drawn: Double
    package let expectedEvents: Double
    package let events: Int
  }

  package struct Threshold: Codable, Hashable, Sendable {
    package let value: Double
    package let targetFPIR: Double?
    /// Of one non-mated search, by the closed form.
    package let searchFPIR: Double
  }

  package struct Visits: Codable, Hashable, Sendable {
    package let total: Int
    package let ofEnrolled: Int
    /// The first sighting named the one who was there.
    package let right: Int
    /// It named somebody else.
    package let wrong: Int
    package let noMatch: Int
    package let lowQuality: Int
    /// Not told, as the camera had told of the same subject within the cool-down.
    package let leftOut: Int
    package let captures: Int
  }

  package struct Sightings: Codable, Hashable, Sendable {
    package var opened: Int
    package var updated: Int
    package var closed: Int

    package var events: Int { opened + updated + closed }
  }

  /// Searches of the cameras with one line and condition. A visit has one for each of its quality tiers.
  package struct Searches: Codable, Hashable, Sendable {
    package let line: String
    package let condition: String
    package let mated: Int
    /// The mate was not first at the threshold or above, by count and by closed form.
    package let missed: Int
    package let expectedMissed: Double
    /// Somebody else was.
    package let misnamed: Int
    package let expectedMisnamed: Double
    package let nonMated: Int
    /// Somebody was at the threshold or above.
    package let alarms: Int
    package let expectedAlarms: Double
  }

  /// On the wall clock: how well the pace was kept.
  package struct Pace: Codable, Hashable, Sendable {
    /// The latest that an event was sent after its time, in seconds.
    package var worstSeconds = 0.0
    /// Events sent more than a tenth of a second after their time.
    package var late = 0

    package init() {}
  }

  package let simulated: Bool
  package let runID: String
  /// `finished` or `stopped`.
  package let state: String
  package let configurationDigest: String
  package let seed: UInt64
  package let clock: String
  package let start: String
  package let hours: Double
  package let rhythm: String
  package let cameras: Int
  package let people: Int
  package let enrolledPeople: Int
  package let gallerySize: Int
  package let rate: Rate
  /// By trial; the rate of walks follows from it.
  package let eventsPerWalk: Double
  package let threshold: Threshold
  package let visits: Visits
  package let sightings: Sightings
  package let searches: [Searches]
  package let pace: Pace?
  package let output: String
  /// What was sent on from there to a stream, if one was named.
  package var forward: ForwardReport?
  /// Events that an interrupted run had left there.
  package let alreadyThere: Int
  package let threads: Int
  package let seconds: Double
  /// Of this machine, in its own time.
  package let eventsPerSecond: Double
}

extension TrafficSummary {
  init(
    _ stream: TrafficStream, told: Int64, stopped: Bool, sightings: Sightings, pace: Pace?,
    output: String, alreadyThere: Int, threads: Int, seconds: Double
  ) {
    let (model, tally) = (stream.model, stream.tally)
    let options = model.options
    let impostors = model.searches.population.impostors
    simulated = true
    runID = model.runID
    state = stopped ? "stopped" : "finished"
    configurationDigest = model.digest.hex
    seed = options.seed
    clock = options.clock.rawValue
    start = options.start.description
    hours = options.hours
    rhythm = options.rhythm.rawValue
    cameras = options.cameras
    people = options.people
    enrolledPeople = options.enrolledPeople
    gallerySize = options.templates
    rate = Rate(
      asked: options.rate, drawn: told > 0 ? Double(sightings.events) / (Double(told) / 1e6) : 0,
      expectedEvents: stream.expectedEvents(until: told), events: sightings.events)
    eventsPerWalk = stream.eventsPerWalk
    var target: Double?
    if case .fpir(let wanted) = options.threshold { target = wanted }
    threshold = Threshold(
      value: model.threshold, targetFPIR: target, searchFPIR: model.searchFPIR)
    visits = Visits(
      total: tally.visits, ofEnrolled: tally.matedVisits, right: tally.right, wrong: tally.wrong,
      noMatch: tally.noMatch, lowQuality: tally.lowQuality, leftOut: tally.leftOut,
      captures: tally.captures)
    self.sightings = sightings
    searches = zip(model.groups, tally.searches).map { group, count in
      let fnir = impostors.fnir(
        threshold: model.threshold, gallerySize: options.templates, line: group.line,
        condition: group.condition)
      let misnaming = impostors.misnaming(
        threshold: model.threshold, gallerySize: options.templates, line: group.line,
        condition: group.condition)
      return Searches(
        line: group.line.name, condition: group.condition.description, mated: count.mated,
        missed: count.missed, expectedMissed: Double(count.mated) * fnir,
        misnamed: count.misnamed, expectedMisnamed: Double(count.mated) * misnaming,
        nonMated: count.nonMated, alarms: count.alarms,
        expectedAlarms: Double(count.nonMated) * model.searchFPIR)
    }
    self.pace = pace
    self.output = output
    self.alreadyThere = alreadyThere
    self.threads = threads
    self.seconds = seconds
    eventsPerSecond = seconds > 0 ? Double(sightings.events) / seconds : 0
  }
}

extension TrafficStream {
  /// What the rate and the rhythm expect until `end`, in microseconds after the beginning.
  package func expectedEvents(until end: Int64) -> Double {
    let options = model.options
    guard end > 0 else { return 0 }
    let share =
      options.rhythm.mean(from: options.start, span: end)
      / options.rhythm.mean(from: options.start, span: options.span)
    return options.rate * Double(end) / 1e6 * share
  }
}
