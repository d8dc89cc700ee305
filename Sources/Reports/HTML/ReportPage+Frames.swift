// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Files
internal import Frames
internal import Sweeps

extension ReportPage {
  var sweepPoints: [FrameSweepResult.Point] { sweeps.flatMap(\.points) }

  /// From camera to name: what the whole pipeline finds and costs on rendered frames.
  var framesSection: HTML {
    .section(
      "frames", "From camera to name",
      .paragraph(
        "Before anybody can be searched for, a face must be found in a picture and be good enough. Here "
          + "simulated cameras were run through the whole chain: pictures were decoded, faces located (a "
          + "printed marker stands for each), searched, followed and named. Who was really there is known. A "
          + "person counts as missed when no sighting names them, for whatever reason.")
        + distanceFigure + frontFigure + lossTable + costTable)
  }

  private var distanceFigure: HTML {
    let qualities = Set(sweepPoints.compactMap(\.settings.frames.quality)).sorted(by: >)
    let sizes = Set(sweepPoints.compactMap(\.settings.frames.markerPixels))
    guard sizes.count > 1 else { return "" }
    let options = qualities.map { "<option value=\"\($0)\">JPEG quality \($0)</option>" as HTML }
    return """
      <p class="needs-script"><label for="frames-quality">Compression of the pictures</label>
      <select id="frames-quality">\(options)</select></p>

      """
        + .figure(
          "distance-chart", "People missed by how small their faces are in the picture",
          .folded("Table of this chart", missTable))
  }

  private var frontFigure: HTML {
    let conditions = sweeps.flatMap(\.conditions)
    var seen: Set<String> = []
    let options = conditions.filter { seen.insert($0).inserted }.enumerated().map {
      index, name -> HTML in
      let chosen: HTML = index == conditions.count / 2 ? " selected" : ""
      return "<option value=\"\(name)\"\(chosen)>\(Self.words(condition: name))</option>"
    }
    return """
      <p class="needs-script"><label for="frames-condition">Who passes</label>
      <select id="frames-condition">\(options)</select></p>
      <p class="needs-script"><label for="frames-axis">Cost</label>
      <select id="frames-axis"><option value="cpu">processor time of a frame</option>\
      <option value="bytes">bytes of a frame</option></select></p>

      """
        + .figure(
          "frames-chart", "What a frame costs and whom it misses (Pareto front)",
          .folded("Table of this chart", costedTable))
  }

  static func words(condition: String) -> String {
    condition.hasSuffix("px") && Double(condition.dropLast(2)) != nil
      ? "people whose marker is \(condition.dropLast(2)) pixels wide" : "frame set \(condition)"
  }

  /// Misses by way to process, from the smallest marker to the largest.
  private var missTable: HTML {
    let sizes = Set(sweepPoints.compactMap(\.settings.frames.markerPixels)).sorted()
    var methods: [String] = []
    for point in sweepPoints where point.settings.frames.markerPixels != nil {
      if !methods.contains(point.method) { methods.append(point.method) }
    }
    let rows = methods.map { method in
      [method]
        + sizes.map { size in
          sweepPoints.first {
            $0.method == method && $0.settings.frames.markerPixels == size
          }.map {
            "\(ReportWords.percent($0.figures.missed)) (\(ReportWords.interval($0.figures.missed)))"
          } ?? "–"
        }
    }
    return .table(
      "Missed by the whole chain, with 95 % intervals, by the side of the marker",
      ["frames"] + sizes.map { "\(Text.plain($0)) px" }, rows)
  }

  private var costedTable: HTML {
    .table(
      "Misses of the whole chain beside costs",
      [
        "frames", "missed", "95 % interval", "CPU ms a frame", "frames/s", "kB a frame",
        "on the front",
      ],
      sweepPoints.map { point in
        [
          point.title, ReportWords.percent(point.figures.missed),
          ReportWords.interval(point.figures.missed),
          Text.milliseconds(point.cost.cpuMillisecondsPerFrame),
          Text.plain(point.cost.framesPerSecond), Text.plain(point.cost.bytesPerFrame / 1e3),
          point.fronts.map(\.rawValue).joined(separator: ", "),
        ]
      })
  }

  /// Where people were lost, one after the other of the chain.
  private var lossTable: HTML {
    .folded(
      "Where people were lost",
      .table(
        "Listed people missed, by the first thing that went wrong; captures located: marker recall",
        [
          "frames", "passes", "not located", "too poor (FTX)", "below the threshold",
          "behind another",
          "not decided", "captures located", "95 % interval", "good enough", "wrong names of all",
        ],
        sweepPoints.map { point in
          let figures = point.figures
          let misses = figures.misses
          return [
            point.title, Text.count(figures.mated), "\(misses.notLocated)",
            "\(misses.notExtracted)",
            "\(misses.belowThreshold)", "\(misses.outranked)", "\(misses.undecided)",
            figures.capturesLocated.rate.map(Text.percent) ?? "–",
            "\(Text.percent(figures.capturesLocated.low)) to \(Text.percent(figures.capturesLocated.high))",
            figures.capturesExtracted.rate.map(Text.percent) ?? "–",
            ReportWords.counts(figures.wrong),
          ]
        }))
  }

  /// Stages, and the delay from frame to event.
  private var costTable: HTML {
    let stages = ["decode", "locate", "embed", "match", "publish"]
    return .folded(
      "Where the time went",
      .table(
        "Milliseconds at the median and the 99th percentile: stages at work, and from a frame's coming in to "
          + "its event being durable, with the queues full",
        ["frames"] + stages + ["frame to event", "load then"],
        sweepPoints.map { point in
          [point.title]
            + stages.map { name in
              point.cost.stages.first { $0.name == name }.map {
                "\(Text.milliseconds($0.p50Ms)) / \(Text.milliseconds($0.p99Ms))"
              } ?? "–"
            }
            + [
              point.cost.events == 0
                ? "–"
                : "\(Text.milliseconds(point.cost.latencyP50Ms)) / \(Text.milliseconds(point.cost.latencyP99Ms))",
              Text.fixed(point.cost.load, 1),
            ]
        }))
  }

  /// The headline of a page of sweeps alone.
  var sweepVerdict: HTML {
    let points = sweepPoints.filter { $0.figures.mated > 0 && $0.fronts.contains(.cpu) }
    let best = points.min {
      ($0.figures.missed.rate ?? 1, $0.cost.cpuMillisecondsPerFrame)
        < ($1.figures.missed.rate ?? 1, $1.cost.cpuMillisecondsPerFrame)
    }
    guard let best else { return "" }
    return """
      <div class="verdict"><p class="word">At best \(ReportWords.percent(best.figures.missed)) of listed \
      people are missed</p>
      <p>Of \(best.figures.mated) passes before simulated cameras, of \
      \(Self.words(condition: best.settings.frames.condition)): \(ReportWords.rate(best.figures.missed)), \
      with \(best.method), at \(Text.milliseconds(best.cost.cpuMillisecondsPerFrame)) ms of processor time \
      a frame.</p></div>

      """
  }

  /// How a sweep was made.
  func sweepOrigin(_ index: Int, _ sweep: FrameSweepResult) -> HTML {
    let machine = sweep.machine
    let loads = sweep.points.map(\.cost.load)
    let rows: [[HTML]] = [
      ["seeds", "population \(String(sweep.plan.populationSeed))"],
      ["plan", "<code>\(sweep.planDigest.hex)</code>"],
      ["population", "<code>\(sweep.plan.population.hex)</code>"],
      [
        "gallery",
        "\(Text.count(sweep.plan.gallerySize)): <code>\(sweep.plan.galleryDigest.hex)</code>",
      ],
      [
        "threshold",
        "\(Text.fixed(sweep.plan.threshold, 4)), one search's FPIR \(Text.rate(sweep.plan.searchFpir))",
      ],
      [
        "machine",
        """
        \(machine.cpu), \(machine.cores) cores, \(Text.bytes(machine.memoryBytes)), \
        \(machine.kernels) kernels, load \(Text.fixed(loads.min() ?? 0, 1)) to \
        \(Text.fixed(loads.max() ?? 0, 1))
        """,
      ],
      [
        "version",
        "sightline \(sweep.software.version), result format \(sweep.formatVersion)",
      ],
      ["finished", "\(sweep.software.finishedAt)"],
    ]
    let remarks: HTML =
      sweep.notes.isEmpty ? "" : "<ul>\(sweep.notes.map { "<li>\($0)</li>\n" as HTML })</ul>\n"
    return """
      <h3>Sweep \(index + 1)</h3>
      <pre><code>\(sweep.software.command.map(Self.quoted).joined(separator: " "))</code></pre>
      \(HTML.table("What decided the sweep", ["what", "value"], rows, kind: "words"))
      \(remarks)<p class="needs-script"><button type="button" data-of="sweep-\(index)" \
      data-name="sweep-\(sweep.planDigest.prefix(6)).json">Download the result of sweep \(index + 1) \
      (JSON)</button></p>

      """
  }
}

extension FrameSweepResult {
  /// Refuses figures that no sweep can have: a file may be damaged or made up, and a page must not draw it.
  func checkForPage() throws(ReportError) {
    let isPossible = points.allSatisfy { point in
      let figures = point.figures
      let rates = [figures.missed, figures.located, figures.wrong]
      let costs =
        [
          point.cost.framesPerSecond, point.cost.cpuMillisecondsPerFrame, point.cost.bytesPerFrame,
          point.cost.load, point.cost.latencyP50Ms, point.cost.latencyP99Ms,
        ] + point.cost.stages.flatMap { [$0.p50Ms, $0.p99Ms] }
      return rates.allSatisfy(\.isPossible) && costs.allSatisfy { (0...1e15).contains($0) }
        && [figures.capturesLocated, figures.capturesExtracted].allSatisfy {
          AccuracyResult.Rate.isPossible($0.count, $0.trials, [$0.rate, $0.low, $0.high])
        }
        && (0...1_000_000_000).contains(figures.mated)
        && (1...8).contains(point.settings.decimation)
        && (point.settings.frames.markerPixels.map { (1...10_000).contains($0) } ?? true)
        && (point.settings.frames.quality.map { (1...100).contains($0) } ?? true)
    }
    guard isPossible, !points.isEmpty, (0...1 << 60).contains(machine.memoryBytes),
      (-1...2).contains(plan.threshold), (0...1).contains(plan.searchFpir)
    else {
      throw ReportError(
        .damaged,
        "the sweep of plan \(planDigest.prefix(6)) holds figures that cannot be, such as a rate above 1; "
          + "make its result again with the command in it")
    }
  }
}
