// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Population
package import Sightings

/// Everything that decides a stream of sightings without frames: the same options, the same bytes.
///
/// The rate is the mean over the whole span; the rhythm shapes it within. So rate and hours never
/// disagree: about rate x hours x 3600 events come.
package struct TrafficOptions: Hashable, Sendable {
  /// How the decision threshold is set.
  package enum Threshold: Hashable, Sendable {
    /// A cosine, given outright.
    case fixed(Double)
    /// The cosine at which the population model expects this FPIR at the gallery's size.
    case fpir(Double)
  }

  /// Events a second, the mean over the span.
  package var rate = 2000.0
  package var cameras = 5000
  /// People who are about in the city.
  package var people = 1_000_000
  /// The span, in hours.
  package var hours = 24.0
  /// When it begins; 2024-01-01T00:00:00Z, as simulated feeds do.
  package var start = Timestamp(microseconds: 1_704_067_200_000_000)
  package var rhythm = DailyRhythm.city
  package var clock = SightingData.Clock.Kind.virtual
  /// Of everything but the population.
  package var seed: UInt64 = 1
  package var populationSeed: UInt64 = 1
  /// Templates of the gallery; `nil` for as many as people.
  package var gallerySize: Int?
  /// Share of the people who are enrolled; `nil` for .75, or for what the gallery holds.
  package var mated: Double?
  package var threshold = Threshold.fpir(0.003)
  /// Quality lines of the cameras' captures; repeated when there are more cameras.
  package var lines = [QualityLine.default]
  /// Conditions of the cameras' captures; repeated as well.
  package var conditions = [CaptureCondition.enrolment]
  /// Candidates a search returns and an event carries.
  package var candidates = 5
  /// Names the installation in every event's source.
  package var deployment = "local"

  package init() {}

  /// Templates searched.
  package var templates: Int { gallerySize ?? people }

  /// How many of the people are enrolled.
  package var enrolledPeople: Int {
    Int((Double(people) * (mated ?? min(0.75, Double(templates) / Double(people)))).rounded(.down))
  }

  /// The length of the span in microseconds.
  package var span: Int64 { Int64((hours * 3600e6).rounded()) }

  /// What decides the events, as text. On the wall clock the start makes every stream one of its own.
  package var canonical: String {
    let rule =
      switch threshold {
      case .fixed(let value): "fixed:\(value)"
      case .fpir(let value): "fpir:\(value)"
      }
    return """
      sightline-traffic/1
      rate=\(rate)
      cameras=\(cameras)
      people=\(people)
      hours=\(hours)
      start=\(start)
      rhythm=\(rhythm.rawValue)
      clock=\(clock.rawValue)
      seed=\(seed)
      population=\(PopulationDescription(seed: populationSeed).digest)
      gallery-size=\(templates)
      enrolled=\(enrolledPeople)
      threshold=\(rule)
      lines=\(lines.map { "\($0.name)/\($0.genuine.shape.rawValue)" }.joined(separator: ","))
      conditions=\(conditions.map(\.description).joined(separator: ","))
      candidates=\(candidates)
      deployment=\(deployment)

      """
  }

  /// SHA-256 of `canonical`: in every event, and what a stream is resumed by.
  package var digest: SHA256Digest { SHA256Digest(of: canonical) }

  /// What a bus knows the stream by.
  package var runKey: String { "traffic:config:\(digest)" }
  /// The name of the stream's run on a bus that has no other: a bus derives the same from the key.
  package var runID: String { Identifiers.name("run", [runKey, "1"], bytes: 8) }
}

extension TrafficOptions {
  /// Checks every option by itself; whether the people suffice for the rate is found when the stream is
  /// planned. Throws for the first that cannot be honoured.
  package func validate() throws(TrafficError) {
    try check("--rate", rate, in: 0.001...1e6)
    try check("--cameras", cameras, in: 1...100_000)
    try check("--people", people, in: 1...100_000_000)
    try check("--hours", hours, in: 1e-4...24 * 366)
    try check("--gallery-size", templates, in: 1...1_000_000_000_000)
    try check("--top", candidates, in: 1...100)
    if let mated { try check("--mated", mated, in: 0...1) }
    switch threshold {
    case .fixed(let value): try check("--threshold", value, in: -1...1)
    case .fpir(let value):
      guard value > 0, value < 1 else {
        throw TrafficError(
          .badOption, "--fpir is a rate: give a number between 0 and 1, such as 0.003")
      }
    }
    guard !lines.isEmpty, !conditions.isEmpty else {
      throw TrafficError(.badOption, "--line and --condition: give at least one value each")
    }
    guard enrolledPeople <= templates else {
      throw TrafficError(
        .badOption,
        "--mated: \(enrolledPeople) enrolled people do not fit a gallery of \(templates); lower it, "
          + "or raise --gallery-size")
    }
    // Years beyond 9999 have no RFC 3339.
    guard start.microseconds >= 0, start.microseconds < 200_000_000_000_000_000 else {
      throw TrafficError(.badOption, "--start: give a time from 1970 to 8000")
    }
  }

  private func check<Value: Comparable>(
    _ option: String, _ value: Value, in range: ClosedRange<Value>
  ) throws(TrafficError) {
    guard range.contains(value) else {
      throw TrafficError(
        .badOption, "\(option): give a number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
