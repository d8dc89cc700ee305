// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What somebody may have meant.
package enum Suggestion {
  /// The known word nearest to `word`, if it is near: at most two slips, and one in three letters.
  package static func nearest(_ word: String, of known: [String]) -> String? {
    let best = known.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
    guard let (found, slips) = best, slips <= max(2, word.count / 4), slips * 3 <= found.count
    else { return nil }
    return found
  }

  /// `; did you mean 'x'?`, or what is known where nothing is near.
  package static func words(_ word: String, of known: [String]) -> String {
    if let near = nearest(word, of: known) { return "; did you mean '\(near)'?" }
    return "; known are \(known.joined(separator: ", "))"
  }

  /// Letters to insert, delete, exchange or swap with their neighbour (optimal string alignment).
  static func distance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first.lowercased()), Array(second.lowercased()))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
