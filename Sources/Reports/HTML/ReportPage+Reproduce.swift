// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Files
internal import Galleries

extension ReportPage {
  var reproduceSection: HTML {
    var blocks = results.enumerated().map { run($0.offset, $0.element) }
    blocks += sweeps.enumerated().map { sweepOrigin($0.offset, $0.element) }
    if let verdict {
      blocks.append(
        """
        <h3>The claim</h3>
        <p>Reckoned from population seed \(String(verdict.model.seed)), digest \
        <code>\(verdict.model.digest)</code>.</p>
        <p class="needs-script"><button type="button" data-of="verdict-data" \
        data-name="claim-verdict.json">Download the verdict (JSON)</button></p>

        """)
    }
    return .section(
      "reproduce", "How to reproduce this",
      .paragraph(
        results.isEmpty && sweeps.isEmpty
          ? "All figures follow from the claim and the population model; the same command gives them again."
          : "A seed decides everything: the same command gives the same searches and counts, on any machine "
            + "and with any number of threads. Times and loads differ.") + blocks.joined())
  }

  private func run(_ index: Int, _ result: AccuracyResult) -> HTML {
    let machine = result.machine
    let galleries = Set(
      result.points.map { "\(Text.count($0.gallerySize)): \($0.gallery.digest.hex)" })
    let rows: [[HTML]] = [
      [
        "seeds",
        "population \(String(result.plan.populationSeed)), probes \(String(result.plan.probeSeed))",
      ],
      ["plan", "<code>\(result.planDigest.hex)</code>"],
      ["population", "<code>\(result.plan.population.hex)</code>"],
      ["galleries", "\(galleries.sorted().map { "<code>\($0)</code><br>" as HTML })"],
      [
        "machine",
        """
        \(machine.cpu), \(machine.cores) cores, \(Text.bytes(machine.memoryBytes)), \
        \(machine.kernels) kernels, load \(Text.fixed(machine.load, 1))
        """,
      ],
      ["version", "sightline \(result.software.version), result format \(result.formatVersion)"],
      ["finished", "\(result.software.finishedAt)"],
    ]
    let name = "accuracy-\(result.planDigest.prefix(6)).json"
    return """
      <h3>Run \(index + 1)</h3>
      <pre><code>\(result.software.command.map(Self.quoted).joined(separator: " "))</code></pre>
      \(HTML.table("What decided the result", ["what", "value"], rows, kind: "words"))
      <p class="needs-script"><button type="button" data-of="run-\(index)" data-name="\(name)">Download \
      the result of run \(index + 1) (JSON)</button></p>

      """
  }

  /// A word of a command line as a shell takes it.
  static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "-_./:,=+@%".unicodeScalars.contains($0)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  var wordsSection: HTML {
    let terms = ReportWords.terms.map { "<dt>\($0.term)</dt><dd>\($0.meaning)</dd>\n" as HTML }
    return .section("words", "Words", "<dl>\(terms)</dl>\n")
  }
}
