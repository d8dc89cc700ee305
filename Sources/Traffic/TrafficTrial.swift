// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// Tries out walks to learn how many events one gives.
enum TrafficTrial {
  /// Walks tried; their events deviate by some 90 % of the mean, so the mean is good to 1 %.
  private static let walks = 8_000

  /// The mean of events over walks spread over the span as the rhythm spreads them. Follows from the
  /// options alone.
  static func eventsPerWalk(_ model: TrafficModel) -> Double {
    let options = model.options
    var model = model
    // Cameras that stop would cut off walks whose like, of before the stream, come in at its beginning.
    model.horizon = .max / 4
    let planner = JourneyPlanner(
      options, grid: model.grid, roster: model.roster, walksPerSecond: 1, chunk: 1_000_000)
    let peak = options.rhythm.peak(from: options.start, span: options.span)
    var scratch: [Double] = []
    var (events, number, weight) = (0.0, 0, 0.0)
    for walk in 0..<walks {
      var draws = TrafficDraws(seed: options.seed, .calibration, UInt64(walk))
      let person = Int(draws.below(UInt64(options.people)))
      let start = Int64(Double(options.span) * draws.unit())
      // Taken with the weight of its moment, which is more even than leaving out those that do not come.
      let share = options.rhythm.weight(at: model.moment(start)) / max(peak, 1e-9)
      number += 1
      weight += share
      planner.walk(person, from: start, &draws) { visit, _ in
        guard
          let script = model.script(visit, ordinal: 0, told: ToldSubjects(), scratch: &scratch)
        else { return }
        var teller = VisitTeller(script, model)
        teller.tell()
        events += share * Double(teller.tellings.count)
      }
    }
    return events / weight
  }
}
