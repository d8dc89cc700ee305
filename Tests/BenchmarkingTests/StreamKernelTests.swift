// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Testing

@Suite("Reading memory")
struct StreamKernelTests {
  /// The words one by one, then the bytes that are left.
  private func plain(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var sum: UInt64 = 0
    for (offset, byte) in bytes.enumerated() {
      let inWord = offset < bytes.count / 8 * 8
      sum ^= UInt64(byte) << (inWord ? UInt64(offset % 8) * 8 : 0)
    }
    return sum
  }

  @Test(
    "Every variant reads every byte, at any length and alignment",
    arguments: [0, 1, 7, 8, 9, 63, 64, 65, 255, 256, 257, 511, 512, 513, 1000, 4096, 9999])
  func variants(count: Int) {
    var state: UInt8 = 1
    let bytes = (0..<count + 3).map { _ -> UInt8 in
      state = state &* 141 &+ 3
      return state
    }
    for shift in [0, 1, 3] {
      let expected = plain(bytes[shift..<shift + count])
      bytes.withUnsafeBytes { all in
        let start = all.baseAddress.map { $0 + shift }
        #expect(sl_stream_read_portable(start, count) == expected)
        #expect(sl_stream_read(start, count) == expected)
        #if arch(x86_64)
          if sl_cpu().uses_avx2 { #expect(sl_stream_read_avx2(start, count) == expected) }
          if sl_cpu().avx512f { #expect(sl_stream_read_avx512(start, count) == expected) }
        #endif
      }
    }
  }
}
