// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation

extension ReportPage {
  /// What searches in the claimed gallery take, from speeds of a machine at hand.
  func effort(_ verdict: ClaimVerdict) -> HTML {
    guard let effort = verdict.effort else { return "" }
    let machine = effort.speed.machine
    var words =
      "Reckoned from speeds measured on \(machine.cores) cores (\(machine.cpu), "
      + "\(Text.bytes(machine.memoryBytes)), load \(Text.fixed(machine.load, 1))): \(effort.speed.source), "
      + "taken as linear in the number of templates. No networks, spares or peaks."
    if machine.load > Double(machine.cores) * 0.5 {
      words += " The machine was busy then, so it can do better than this; CPU times stand beside."
    }
    let rows = effort.engines.map { engine in
      [
        ClaimVerdict.words(engine: engine.name), Text.decimalBytes(engine.galleryBytes),
        Text.count(engine.machinesToHold), time(engine.secondsAlone),
        engine.cpuSecondsAlone.map(time) ?? "–",
        engine.machinesInTime.map(Text.count) ?? "–", Text.amount(engine.searchesPerSecond),
      ] + engine.loads.map { "\(Text.amount($0.cores)) cores" }
    }
    var head = [
      "search", "memory", "machines to hold it", "one search, one machine", "its CPU time",
      verdict.claim.seconds.map { "machines for \(time($0))" } ?? "machines in time",
      "searches/s, one machine, batched",
    ]
    head += verdict.claim.cameras.map { "\(Text.amount(Double($0))) cameras" }
    return "<h3>What it would take</h3>\n" + cheapest(effort) + .paragraph(words)
      + .table("Memory, time and machines for the gallery claimed", head, rows)
  }

  /// The least that the first number of cameras takes, in a sentence.
  private func cheapest(_ effort: ClaimEffort) -> HTML {
    let loads = effort.engines.compactMap { engine in engine.loads.first.map { (engine, $0) } }
    guard let (engine, load) = loads.min(by: { $0.1.cores < $1.1.cores }) else { return "" }
    return .paragraph(
      "\(Text.amount(Double(load.cameras))) cameras ask for \(Text.amount(load.searchesPerSecond)) searches "
        + "a second. The cheapest way here (\(ClaimVerdict.words(engine: engine.name).lowercased())) takes "
        + "\(Text.amount(load.cores)) cores and \(Text.decimalBytes(load.memoryBytes)) of memory.")
  }

  private func time(_ seconds: Double) -> String { ClaimVerdict.time(seconds) }
}
