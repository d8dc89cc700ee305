// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// An option that cannot be honoured, told so that the user can set it right.
package struct SimulationError: Error, Hashable, CustomStringConvertible {
  /// The option as typed, such as `--fps`.
  package let option: String
  /// What is wrong and what helps.
  package let message: String

  package init(_ option: String, _ message: String) {
    self.option = option
    self.message = message
  }

  package var description: String { "\(option): \(message)" }
}
