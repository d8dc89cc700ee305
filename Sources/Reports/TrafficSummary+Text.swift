// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
package import Traffic

extension TrafficSummary {
  /// The summary as a person reads it after a stream.
  package var text: String {
    var lines = [
      ["events", eventsLine],
      ["sightings", sightingsLine],
      ["visits", visitsLine],
      ["gallery", galleryLine],
      ["speed", speedLine],
    ]
    if let forward { lines.append(["forwarded", forward.text]) }
    var out = "Stream \(runID): \(state)\n"
    out += lines.map { "  " + $0[0] + String(repeating: " ", count: 11 - $0[0].count) + $0[1] }
      .joined(separator: "\n")
    out += "\n\n" + searchesTable
    if state == "stopped" {
      out +=
        clock == "virtual"
        ? "\n\n  Stopped: what is open is left open; the same options give the same stream."
        : "\n\n  Stopped: what was open has been closed."
    }
    return out
  }

  private var eventsLine: String {
    var line =
      "\(Text.count(rate.events)) to \(output), \(Text.fixed(rate.drawn, 1)) a second of the stream; "
      + "expected \(Text.count(Int(rate.expectedEvents.rounded())))"
    if alreadyThere > 0 { line += "; \(Text.count(alreadyThere)) of them were there already" }
    return line
  }

  private var sightingsLine: String {
    "\(Text.count(sightings.opened)) opened, \(Text.count(sightings.updated)) updated, "
      + "\(Text.count(sightings.closed)) closed, by \(Text.count(cameras)) cameras"
  }

  private var visitsLine: String {
    "\(Text.count(visits.total)) = \(Text.count(visits.right)) right names + "
      + "\(Text.count(visits.wrong)) wrong names + \(Text.count(visits.noMatch)) no match + "
      + "\(Text.count(visits.lowQuality)) low quality; \(Text.count(visits.ofEnrolled)) of enrolled "
      + "people"
  }

  private var galleryLine: String {
    "\(Text.count(gallerySize)) synthetic templates, threshold \(Text.fixed(threshold.value, 4)): one "
      + "non-mated search passes it with FPIR \(Text.rate(threshold.searchFPIR))"
  }

  private var speedLine: String {
    var line =
      "\(Text.count(Int(eventsPerSecond))) events/s with \(threads) threads, "
      + "\(Text.fixed(seconds, 2)) s in all"
    if let pace {
      line +=
        "; at worst \(Text.fixed(pace.worstSeconds, 3)) s behind the clock, "
        + "\(Text.count(pace.late)) events more than 0.1 s"
    }
    return line
  }

  private var searchesTable: String {
    var rows = [
      [
        "searches", "mated", "missed", "expected", "misnamed", "expected", "non-mated", "alarms",
        "expected",
      ]
    ]
    for row in searches {
      rows.append([
        "\(row.line) \(row.condition)", Text.count(row.mated), Text.count(row.missed),
        Text.fixed(row.expectedMissed, 1), Text.count(row.misnamed),
        Text.fixed(row.expectedMisnamed, 2), Text.count(row.nonMated), Text.count(row.alarms),
        Text.fixed(row.expectedAlarms, 1),
      ])
    }
    return Text.table(rows)
      + "\n\n  A visit has a search for each of its quality tiers; what is expected is the closed form."
  }
}
