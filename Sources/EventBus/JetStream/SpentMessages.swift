// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS

/// Messages that are done with. The library frees each on a thread of its own, which it wakes for it: given
/// back one by one, as many threads are woken as there are events.
///
/// `@unchecked Sendable`: nobody else has the messages.
@safe struct SpentMessages: @unchecked Sendable {
  private static let most = 128

  private var messages: [OpaquePointer] = unsafe []

  var isFull: Bool { unsafe messages.count >= Self.most }

  /// Takes over `message`.
  mutating func add(_ message: OpaquePointer) {
    if unsafe messages.capacity == 0 { unsafe messages.reserveCapacity(Self.most) }
    unsafe messages.append(message)
  }

  /// Gives them back.
  mutating func destroy() {
    unsafe messages.forEach { unsafe natsMsg_Destroy($0) }
    unsafe messages.removeAll(keepingCapacity: true)
  }
}
