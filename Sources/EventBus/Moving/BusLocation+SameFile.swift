// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension BusLocation {
  /// Whether both name one bus: also one file by two names, such as a link to it, once it is there.
  package func isSame(as other: BusLocation) -> Bool {
    guard self != other else { return true }
    guard case .sqlite(let path) = self, case .sqlite(let otherPath) = other else { return false }
    return FileFacts.isSame(path, otherPath)
  }
}
