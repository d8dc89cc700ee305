// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Benchmarking

/// What `bench decode` tells.
package struct DecodeReport: Encodable, Sendable {
  package let result: DecodeResult
  package let command: [String]
  package let machine: DoctorReport

  package init(_ result: DecodeResult, machine: DoctorReport, command: [String]) {
    self.result = result
    self.command = command
    self.machine = machine
  }

  package var text: String {
    let rows = result.cases.map { row in
      [
        row.format, row.scale, Text.fixed(row.medianRate, 1),
        Text.fixed(row.framesPerSecond.min() ?? 0, 1),
        Text.fixed(row.framesPerSecond.max() ?? 0, 1), Text.fixed(row.medianCPU, 3),
        Text.fixed(row.medianRate * result.meanPixels / 1e6, 0),
      ]
    }
    let table = Text.table(
      [["pixels", "scale", "frames/s", "least", "most", "CPU ms a frame", "Mpx/s"]] + rows)
    return """
      Decode alone: \(Text.count(result.frames)) frames of \
      \(Text.fixed(result.meanPixels / 1e6, 2)) million pixels and \
      \(Text.fixed(result.meanBytes / 1024, 0)) KiB, from memory; threads \(result.threads); \
      \(result.cases.first?.framesPerSecond.count ?? 0) rounds; load \
      \(Text.fixed(result.loadBefore, 1)) before, \(Text.fixed(result.loadAfter, 1)) after

      \(table)

      Medians of the rounds. Mpx/s counts full-size pixels, whatever the scale. Memory for pixels was \
      taken \(result.allocations) times.
      """
  }
}
