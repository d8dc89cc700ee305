// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// One person's pass before one camera: who, when, where.
struct Pass: Hashable, Sendable {
  let marker: Int
  let identity: UInt64
  /// Captures during which the person is about.
  let frames: Range<Int>
  let walk: Walk
  let look: FigureLook
}
