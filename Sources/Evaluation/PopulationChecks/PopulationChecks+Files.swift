// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

extension PopulationChecks {
  /// Written, read and written again gives the same bytes, and known values the known bytes.
  func files() throws -> [PopulationCheck] {
    var wrong = 0
    let four = ScoreColumns(claimed: "7", real: "9", label: "9-0", score: 0.1)
    let five = ScoreColumns(claimed: "7", model: "7-a", real: "7", label: "7-0", score: -0.625)
    let text = ScoreColumns.text([four, five])
    if text != "7 9 9-0 0.1\n7 7-a 7 7-0 -0.625\n" { wrong += 1 }
    let known: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192]
    if VectorBytes.fbin([1, -2], columns: 2) != known { wrong += 1 }
    if VectorBytes.ibin([1, -2], columns: 1)
      != [2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 254, 255, 255, 255]
    {
      wrong += 1
    }
    let rows = LatentRows(population, 0..<200)
    let columns = (0..<199).map { i in
      ScoreColumns(
        claimed: "\(i)", model: i % 2 == 0 ? "\(i)-0" : nil, real: "\(i + 1)", label: "\(i + 1)-0",
        score: rows.product(i, rows, i + 1))
    }
    let written = ScoreColumns.text(columns)
    let read = written.split(separator: "\n").compactMap { ScoreColumns(line: $0) }
    if read != columns || ScoreColumns.text(read) != written { wrong += 1 }
    let dense = VectorBytes.fbin(rows.values, columns: LatentRows.width)
    let back = VectorBytes.readFBIN(dense)
    if back?.values != rows.values || back?.columns != LatentRows.width { wrong += 1 }
    if VectorBytes.readFBIN(Array(dense.dropLast(4))) != nil { wrong += 1 }
    return [
      PopulationCheck(
        21, "score columns, fbin and ibin: byte-exact round trip",
        [Figure("differences", 0, within: 0, decimals: 0, measured: Double(wrong))],
        note: "HDF5 keys belong to the import and export of galleries and are not checked here")
    ]
  }
}
