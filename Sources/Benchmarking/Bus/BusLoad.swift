// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus

/// Events of a given size as a pipeline would hand them over: sightings that open, change and close, over many
/// cameras.
enum BusLoad {
  /// `count` records numbered from `first`; ids of 32 hexadecimal digits that come in no order, as ours do.
  static func records(_ count: Int, from first: Int, _ plan: BusPlan) -> [BusRecord] {
    let phases = ["opened", "updated", "closed"]
    return (first..<(first + count)).map { number in
      let phase = phases[number % 3]
      let subject = hex(UInt64(number / 3) &* 0x9e37_79b9_7f4a_7c15)
      let id = hex(mix(UInt64(number))) + hex(mix(~UInt64(number)))
      let head = "{\"id\":\"\(id)\",\"phase\":\"\(phase)\",\"pad\":\""
      let pad = max(0, plan.bytes - head.utf8.count - 2)
      return BusRecord(
        id: id, type: "org.sightline.sighting.\(phase)", subject: subject,
        partitionKey: "cam-\(number / 3 % plan.cameras)",
        timeMicroseconds: Int64(number) * 1000,
        body: Array((head + String(repeating: "x", count: pad) + "\"}").utf8))
    }
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
