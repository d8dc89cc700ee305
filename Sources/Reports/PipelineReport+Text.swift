// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Galleries
internal import Matching
internal import Pipeline

extension PipelineReport {
  /// The report as a person reads it.
  package var text: String {
    var parts = [head]
    if let invalid {
      parts.append("INVALID: \(invalid)")
      if !tried.isEmpty { parts.append(triedTable) }
      if let last = tried.last { parts += [lossTable(last), stageTable(last)] }
    } else if let run, let headline {
      parts.append(headline.text)
      parts.append(figures(run))
      parts.append(stageTable(run))
      if tried.count > 1 { parts.append(triedTable) }
    }
    if let table = LimitTable(limits).text { parts.append(table) }
    if conditions.loadBefore > Double(machine.cores) * 0.5 {
      parts.append("The machine was busy before this began: it can do better than these figures.")
    }
    return parts.joined(separator: "\n\n")
  }

  private var head: String {
    var lines = [
      ["scenario", scenarioLine],
      [
        "frames",
        "\(settings.frames): \(settings.frameSizes.joined(separator: ", ")), decoded at "
          + "\(settings.scale), located in \(settings.locate == "frame" ? "the whole frame" : "boxes"), "
          + "decimation \(Text.rate(settings.decimation))",
      ],
      [
        "gallery",
        "\(settings.gallery): \(Text.count(gallery.size)) templates, \(matcher.name) search, threshold "
          + Text.fixed(threshold, 4),
      ],
      [
        "queue",
        "\(settings.queueFrames) frames"
          + (settings.queueBytes < .max ? ", \(Text.bytes(settings.queueBytes))" : "")
          + ", \(settings.queuePolicy)"
          + (settings.maximumAgeMS.map { ", \(Text.milliseconds($0)) ms at most" } ?? ""),
      ],
      [
        "batch",
        settings.batchText,
      ],
      [
        "machine",
        "\(machine.cpu), \(machine.cores) cores, \(settings.threads) workers; load "
          + "\(Text.fixed(conditions.loadBefore, 1)) before, \(Text.fixed(conditions.loadAfter, 1)) after",
      ],
      [
        "sightline",
        "\(version); seed \(settings.seed); \(Text.bytes(conditions.peakMemoryBytes)) of memory at most",
      ],
    ]
    if let decision = settings.decision {
      lines.insert(["decision", DecisionPlan(decision).text], at: 3)
    }
    return "Bench of the pipeline\n"
      + lines.map {
        "  " + $0[0] + String(repeating: " ", count: 11 - $0[0].count) + $0[1]
      }.joined(separator: "\n")
  }

  private var scenarioLine: String {
    let time =
      "runs of \(Text.rate(settings.seconds)) s after \(Text.rate(settings.warmupSeconds)) s to warm up; "
      + "bus \(settings.bus)"
    let bound = settings.p99BoundMS.map { "; p99 under \(Text.milliseconds($0)) ms" } ?? ""
    return "\(settings.scenario.rawValue)\(bound); \(time)"
  }

  private func figures(_ run: LoadRun) -> String {
    // All frames are due at once, so that their latency is when they came to their turn.
    let isOffline = settings.scenario == .offline
    let latency = [
      [
        "latency",
        "p50 \(Text.milliseconds(run.p50MS)), p90 \(Text.milliseconds(run.p90MS)), p99 "
          + "\(Text.milliseconds(run.p99MS)), p99.9 \(Text.milliseconds(run.p999MS)) ms from due to done, \(Text.count(run.queries)) "
          + (settings.scenario == .multi ? "ticks" : "frames")
          + (run.required > 0
            ? ", \(run.late) late; \(Text.count(run.required)) prove p99 then" : ""),
      ],
      [
        "uncorrected",
        "p99 \(Text.milliseconds(run.uncorrectedP99MS)) ms from a worker's taking the frame on",
      ],
      ["events", eventsLine(run)],
    ]
    var rows = (isOffline ? [] : latency)
    rows += [
      [
        "frames",
        "\(Text.count(run.frames.entered)) in = \(Text.count(run.frames.decoded)) decoded + "
          + "\(run.frames.failed) failed + \(run.frames.dropped) dropped; "
          + "\(Text.fixed(run.framesPerSecond, 1)) a second",
      ],
      [
        "queued",
        "at most \(run.mostQueuedFrames) frames, \(Text.bytes(run.mostQueuedBytes)); "
          + "\(run.mostInFlight) in flight, keeping \(Text.bytes(run.mostInFlightBytes)); "
          + "workers took memory \(run.frameAllocations) times",
      ],
      [
        "cores",
        "\(Text.fixed(run.coresUsed, 2)) in use, \(Text.fixed(run.cpuMSPerFrame, 2)) CPU ms a frame",
      ],
    ]
    if settings.p99BoundMS != nil {
      rows.append([
        "generator", "late by p99 \(Text.milliseconds(run.generatorLagP99MS)) ms",
      ])
    }
    if let agreement {
      rows.append([
        "agreement",
        "\(agreement.searches - agreement.differing) of \(agreement.searches) searches as by "
          + "\(agreement.reference) exact search",
      ])
    }
    return rows.map {
      "  " + $0[0] + String(repeating: " ", count: 13 - $0[0].count) + $0[1]
    }.joined(separator: "\n")
  }

  private func eventsLine(_ run: LoadRun) -> String {
    guard let p50 = run.eventP50MS, let p90 = run.eventP90MS, let p99 = run.eventP99MS,
      let p999 = run.eventP999MS
    else { return "none in \(run.searches) searches" }
    return
      "\(run.events) of \(run.searches) searches, p50 \(Text.milliseconds(p50)), "
      + "p90 \(Text.milliseconds(p90)), p99 \(Text.milliseconds(p99)), "
      + "p99.9 \(Text.milliseconds(p999)) ms from due to "
      + (settings.bus == "none" ? "handed over" : "durable")
      + (run.provenEventP99MS.map { ", p99 proved under \(Text.milliseconds($0)) ms" }
        ?? "; too few to prove p99 by themselves")
  }

  private func stageTable(_ run: LoadRun) -> String {
    var rows = [["stage", "count", "p50 ms", "p99 ms", "queued p50", "queued p99", "busy"]]
    for stage in run.stages {
      rows.append([
        stage.name, Text.count(stage.count), Text.milliseconds(stage.p50MS),
        Text.milliseconds(stage.p99MS),
        stage.waitP99MS > 0 ? Text.milliseconds(stage.waitP50MS) : "-",
        stage.waitP99MS > 0 ? Text.milliseconds(stage.waitP99MS) : "-",
        Text.fixed(stage.utilisation, 3),
      ])
    }
    return Text.table(rows) + "\n\n" + Text.busiest(run.bottleneck)
  }

  /// What the last run lost, by reason, and how memory went meanwhile.
  private func lossTable(_ run: LoadRun) -> String {
    var byReason: [String: (frames: Int, feeds: Set<String>)] = [:]
    for drop in run.drops {
      byReason["before \(drop.stage), \(drop.reason)", default: (0, [])].frames += drop.count
      byReason["before \(drop.stage), \(drop.reason)"]?.feeds.insert(drop.feed)
    }
    var lines = [
      "  last run: \(Text.count(run.frames.entered)) frames in = \(Text.count(run.frames.decoded)) decoded + "
        + "\(run.frames.failed) failed + \(Text.count(run.frames.dropped)) dropped"
    ]
    lines += byReason.sorted { $0.key < $1.key }.map {
      "    \(Text.count($0.value.frames)) of \($0.value.feeds.count) feeds \($0.key)"
    }
    lines.append(
      "  queued at most \(run.mostQueuedFrames) frames, \(Text.bytes(run.mostQueuedBytes)); "
        + "\(run.mostInFlight) in flight, keeping \(Text.bytes(run.mostInFlightBytes))")
    if let memory = run.memory { lines.append("  memory " + memoryLine(memory)) }
    lines += (run.faults ?? []).map { "  fault \($0.kind.rawValue) \($0.times) times" }
    return lines.joined(separator: "\n")
  }

  private func memoryLine(_ memory: MemoryTrend) -> String {
    "\(Text.bytes(memory.firstBytes)) at first, \(Text.bytes(memory.lastBytes)) at last, "
      + "\(Text.bytes(memory.mostBytes)) at most; "
      + "\(Text.fixed(memory.bytesPerMinute / 1_048_576, 2)) MiB a minute over \(memory.samples) s"
  }

  private var triedTable: String {
    var rows = [
      [
        settings.scenario == .cameras ? "tried" : "frames/s", "frames", "p50 ms", "p99 ms",
        "uncorrected", "late", "dropped", "lag ms", "outcome",
      ]
    ]
    for run in tried {
      rows.append([
        run.load.map { Text.fixed($0, settings.scenario == .cameras ? 0 : 1) } ?? "-",
        Text.count(run.queries), Text.milliseconds(run.p50MS), Text.milliseconds(run.p99MS),
        Text.milliseconds(run.uncorrectedP99MS), "\(run.late)", "\(run.frames.dropped)",
        Text.milliseconds(run.generatorLagP99MS), run.failure?.kind.rawValue ?? "held",
      ])
    }
    return Text.table(rows)
  }
}

extension PipelineSettings {
  /// When a batch of searches is closed.
  var batchText: String {
    Text.batch(
      batch, perCamera: batchPerCamera, waitMS: batchWaitMS, backlogWaitMS: batchBacklogWaitMS)
  }
}

extension Text {
  /// What a column of utilisations means, and the largest.
  static func busiest(_ bottleneck: Bottleneck?) -> String {
    "  busy: share of its threads' time in which a stage was at work."
      + (bottleneck.map {
        " The bottleneck is \($0.stage): its\n  threads were busy \(fixed($0.utilisation, 2)) of the time."
      } ?? "")
  }

  /// When a batch of searches is closed.
  static func batch(
    _ size: Int, perCamera: Int, waitMS: Double, backlogWaitMS: Double
  ) -> String {
    "\(size) probes, \(perCamera) of one camera while others wait; waits \(rate(waitMS)) ms for more, "
      + "\(rate(max(waitMS, backlogWaitMS))) ms while frames queue for a worker"
  }
}
