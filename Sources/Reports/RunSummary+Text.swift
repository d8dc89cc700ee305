// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline

extension RunSummary {
  /// The summary as a person reads it after a run.
  package var text: String {
    var out = """
      Run \(runID): \(state)\(resumed ? ", resumed after \(resumedAfterFrames) frames" : "")

      """
    out += Text.table(
      [
        ["frames", "\(Text.count(frames.in)) in = \(framesLine)"],
        ["faces", "\(Text.count(faces.located)) located = \(facesLine)"],
        ["searches", searchesLine],
        ["tracks", tracksLine],
        ["sightings", sightingsLine],
        ["threshold", thresholdLine],
        ["latency", latencyLine],
        ["bus", busLine],
      ].map { [$0[0] + String(repeating: " ", count: 10 - $0[0].count) + $0[1]] })
    if let forward = bus.forward { out += "\n  forwarded " + forward.text }
    out += "\n\n" + stageTable
    if !drops.isEmpty {
      out += "\n\n  frames given up\n"
      out += drops.map { "    \($0.camera): \($0.count) before \($0.stage), \($0.reason)" }
        .joined(separator: "\n")
    }
    if !faults.isEmpty {
      let rows = faults.map {
        [$0.camera ?? "-", $0.kind.rawValue, "\($0.times)", $0.frames > 0 ? "\($0.frames)" : "-"]
      }
      out += "\n\n" + Text.table([["fault at", "kind", "times", "frames"]] + rows)
    }
    if !failures.isEmpty {
      out += "\n\n  frames that failed\n"
      out += failures.map { "    \($0.frame): \($0.reason)" }.joined(separator: "\n")
    }
    if let table = LimitTable(limits).text { out += "\n\n" + table }
    return out
  }

  private var framesLine: String {
    var line =
      "\(Text.count(frames.decoded)) decoded + \(frames.failed) failed + \(frames.dropped) dropped"
    if frames.damaged > 0 { line += "; \(frames.damaged) of the decoded damaged" }
    if frames.outOfOrder > 0 { line += "; \(frames.outOfOrder) out of order" }
    if frames.late > 0 { line += "; \(frames.late) brought in late" }
    if frames.missing > 0 { line += "; \(frames.missing) lost before they came in" }
    return line
  }

  private var facesLine: String {
    "\(Text.count(faces.embedded)) embedded + \(faces.belowQualityFloor) below the quality floor"
      + " + \(faces.unknownMarker) unknown markers"
  }

  private var searchesLine: String {
    "\(Text.count(searches)) by \(matcher.name) against \(Text.count(gallery.size)) synthetic "
      + "templates (\(gallery.location), \(gallery.encoding), ready in "
      + "\(Text.fixed(gallery.openSeconds, 1)) s)"
  }

  private var tracksLine: String {
    "\(tracks.total) = \(tracks.alert) alert + \(tracks.noMatch) no match"
      + " + \(tracks.lowQuality) low quality + \(sightings.suppressed) suppressed"
      + (tracks.joined > 0 ? " + \(tracks.joined) joined to another" : "")
  }

  private var sightingsLine: String {
    var line =
      "\(sightings.opened) opened, \(sightings.updated) updated, \(sightings.closed) closed"
    if sightings.recovered > 0 {
      line += "; \(sightings.recovered) left open by an interrupted run closed as recovered"
    }
    return line
  }

  private var thresholdLine: String {
    "cosine \(Text.fixed(threshold.value, 4)) "
      + (threshold.targetFPIR.map { "(by the model, for FPIR \(Text.rate($0)))" } ?? "(given)")
      + "; one non-mated search passes it with FPIR \(Text.rate(threshold.searchFPIR)) at this size"
  }

  private var latencyLine: String {
    guard latencyMS.count > 0 else { return "no event to measure it by" }
    return "frame in to event durable: p50 \(Text.milliseconds(latencyMS.p50)), "
      + "p90 \(Text.milliseconds(latencyMS.p90)), p99 \(Text.milliseconds(latencyMS.p99)), "
      + "p99.9 \(Text.milliseconds(latencyMS.p999)) ms over \(latencyMS.count) events"
  }

  private var busLine: String {
    "\(bus.appended) events appended to \(bus.location) (\(bus.durability))"
      + (bus.duplicates > 0 ? ", \(bus.duplicates) known already" : "")
  }

  private var stageTable: String {
    var rows = [["stage", "count", "p50 ms", "p99 ms", "queued p50", "queued p99", "busy"]]
    for stage in stages {
      rows.append([
        stage.name, Text.count(stage.count), Text.milliseconds(stage.p50MS),
        Text.milliseconds(stage.p99MS),
        // The worker's stages follow each other without a queue.
        stage.waitP99MS > 0 ? Text.milliseconds(stage.waitP50MS) : "-",
        stage.waitP99MS > 0 ? Text.milliseconds(stage.waitP99MS) : "-",
        Text.fixed(stage.utilisation, 3),
      ])
    }
    return Text.table(rows) + "\n\n" + Text.busiest(bottleneck)
      + "\n\n  \(Text.fixed(framesPerSecond, 1)) frames/s with \(threads) threads, "
      + "\(Text.fixed(seconds, 2)) s in all"
  }
}
