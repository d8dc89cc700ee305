// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Evaluation
internal import Files
internal import Galleries
internal import Matching
internal import Population

extension MatchReport {
  /// The report as a person reads it.
  package var text: String {
    var parts = [head]
    if !rows.isEmpty { parts.append(speedTable) }
    if !servers.isEmpty { parts.append(serverTable) }
    if rows.isEmpty, servers.isEmpty { parts.append("nothing was measured") }
    parts.append(agreementTable)
    parts += notes
    return parts.joined(separator: "\n\n")
  }

  private var head: String {
    let lines = [
      ["scenario", scenarioLine],
      [
        "gallery",
        "\(settings.gallery): \(Text.count(gallery.size)) templates of \(gallery.dimension), digest "
          + gallery.digest.hex.prefix(16),
      ],
      ["probes", "\(probes), k = \(settings.candidates), seed \(settings.seed)"],
      [
        "machine",
        "\(machine.cpu), \(machine.cores) cores, \(kernel) kernels; load "
          + "\(Text.fixed(conditions.loadBefore, 1)) before, \(Text.fixed(conditions.loadAfter, 1)) after",
      ],
      ["BLAS", "\(machine.blas.configuration); core \(machine.blas.core)"],
      ["sightline", "\(version); \(Text.bytes(conditions.peakMemoryBytes)) of memory at most"],
    ]
    return "Bench of matchers\(interrupted ? ", interrupted" : "")\n"
      + lines.map {
        "  " + $0[0] + String(repeating: " ", count: 11 - $0[0].count) + $0[1]
      }.joined(separator: "\n")
  }

  private var scenarioLine: String {
    switch settings.scenario {
    case .single, .offline:
      "\(settings.scenario.rawValue); \(settings.rounds) rounds, matchers and limits in turn; one "
        + "search each to warm up is not counted"
    case .server:
      "server; Poisson arrivals, runs of \(Text.fixed(settings.seconds, 0)) s; p99 under "
        + "\(Text.milliseconds(settings.p99BoundMS ?? 0)) ms; searches to warm up are not counted"
    }
  }

  private var speedTable: String {
    var table = [
      [
        "matcher", "threads", "batch", "probes/s", "p50 ms", "p99 ms", "searches", "ns", "CPU ns",
        "B", "GB/s", "GFLOP/s", "of the limit", "mates", "alarms", "first",
      ]
    ]
    for row in rows {
      var line = [row.matcher.rawValue, "\(row.threads)", "\(row.batch)"]
      if row.invalid != nil {
        table.append(line + ["INVALID"])
        continue
      }
      line += [
        rate(row.speed.probesPerSecond), Text.milliseconds(row.speed.p50MS),
        Text.milliseconds(row.speed.p99MS), Text.count(row.speed.searches),
        Text.fixed(row.speed.nsPerTemplateProbe, 3), Text.fixed(row.speed.cpuNSPerTemplateProbe, 3),
        "\(row.bytesPerTemplate)", Text.fixed(row.speed.gigabytesPerSecond, 1),
        row.speed.gigaflops.map { Text.fixed($0, 0) } ?? "-",
        ofLimit(row),
      ]
      table.append(line + recall(row.agreement))
    }
    return Text.table(table)
      + "\n\n  ns: per template and probe. B: bytes of a template, read once a pass for GB/s. Limits, "
      + "measured in\n  the same rounds on as many threads: stream reads the same bytes on 2 MiB pages; "
      + "sgemm is OpenBLAS\n  alone on the same shape. mates, alarms, first: share of what exact search "
      + "finds."
  }

  private var serverTable: String {
    var table = [
      [
        "matcher", "threads", "limit", "queries/s", "p50 ms", "p99 ms", "uncorrected", "queries",
        "late", "required", "mean batch", "mates", "alarms", "first",
      ]
    ]
    for row in servers {
      let line = [row.matcher.rawValue, "\(row.threads)", "\(row.batchLimit)"]
      guard let run = row.confirmed, row.invalid == nil else {
        table.append(line + ["INVALID"])
        continue
      }
      table.append(
        line + [
          rate(run.scheduledPerSecond), Text.milliseconds(run.p50MS), Text.milliseconds(run.p99MS),
          Text.milliseconds(run.uncorrectedP99MS), Text.count(run.queries), "\(run.late)",
          Text.count(run.required), Text.fixed(run.meanBatch, 1),
        ] + recall(row.agreement))
    }
    return Text.table(table)
      + "\n\n  queries/s: the largest rate scheduled that held the bound, in one run of full length.\n"
      + "  p50, p99: from the time a query was due; uncorrected: p99 from the start of its search.\n"
      + "  required: queries that prove p99 with so many late ones, at 99 % confidence."
  }

  /// Counts and intervals behind the shares in the tables above.
  private var agreementTable: String {
    var seen: Set<MatcherKind> = []
    var lines: [[String]] = [
      ["agreement", "mates listed", "alarms listed", "same first candidate"]
    ]
    let all =
      rows.map { ($0.matcher, $0.agreement) } + servers.map { ($0.matcher, $0.agreement) }
    for (matcher, agreement) in all where seen.insert(matcher).inserted {
      lines.append(
        [matcher.rawValue] + [agreement.mates, agreement.alarms, agreement.first].map(interval))
    }
    return Text.table(lines)
      + "\n\n  Against \(reference.name) search, with 95 % Wilson intervals; alarms: candidates from cosine "
      + "\(Text.fixed(alarmThreshold, 4)) on\n  that are not the mate (FPIR \(Text.rate(settings.fpir)))."
  }

  private var notes: [String] {
    var notes: [String] = []
    for row in rows {
      guard let invalid = row.invalid else { continue }
      notes.append(
        "INVALID: \(row.matcher.rawValue), threads \(row.threads), batch \(row.batch): \(invalid)")
    }
    for row in servers {
      guard let invalid = row.invalid else { continue }
      notes.append("INVALID: \(row.matcher.rawValue), threads \(row.threads): \(invalid)")
    }
    if conditions.loadBefore > Double(machine.cores) * 0.5 {
      notes.append("The machine was busy before this began: it can do better than these figures.")
    }
    return notes
  }

  private func ofLimit(_ row: MatchRow) -> String {
    let share =
      "\(Text.fixed(row.ofLimit.wall, 2)) (CPU \(Text.fixed(row.ofLimit.cpu, 2))) of "
    return switch row.bound {
    case .stream:
      share + "stream \(Text.fixed(row.limits.streamGigabytesPerSecond, 1)) GB/s"
    case .sgemm: share + "sgemm \(Text.fixed(row.limits.sgemmGigaflops ?? 0, 0)) GFLOP/s"
    }
  }

  private func recall(_ agreement: SearchAgreement) -> [String] {
    [agreement.mates, agreement.alarms, agreement.first].map { proportion in
      proportion.rate.map { Text.fixed($0, 4) } ?? "none"
    }
  }

  private func interval(_ proportion: Proportion) -> String {
    let counts = "\(proportion.count) of \(proportion.trials)"
    guard proportion.trials > 0 else { return counts }
    return counts + " (\(Text.fixed(proportion.interval.lowerBound, 4)) to "
      + "\(Text.fixed(proportion.interval.upperBound, 4)))"
  }

  private func rate(_ value: Double) -> String {
    value >= 1000 ? Text.count(Int(value.rounded())) : Text.fixed(value, value >= 100 ? 0 : 1)
  }
}
