// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Scratch memory of one worker of one search at a time; grows, and is used again.
@safe final class Workspace: @unchecked Sendable {
  // Unchecked: a search takes a workspace out of the matcher's store for itself and hands each of its
  // workers one, so at any time one thread uses it; the store's lock orders the searches.
  private(set) var scores: UnsafeMutableBufferPointer<Float>
  private(set) var indices: UnsafeMutableBufferPointer<UInt32>
  private(set) var spare: UnsafeMutableBufferPointer<Float>
  private var entries: UnsafeMutableBufferPointer<Reservoir.Entry>
  var reservoirs: [Reservoir] = []

  init() {
    unsafe scores = .init(start: nil, count: 0)
    unsafe indices = .init(start: nil, count: 0)
    unsafe spare = .init(start: nil, count: 0)
    unsafe entries = .init(start: nil, count: 0)
  }

  /// Makes room for `probes` probes against blocks of `block` rows with lists of `k`, all empty.
  func prepare(probes: Int, block: Int, k: Int) {
    let room = Reservoir.limit(k) + block
    unsafe scores = Self.grown(scores, probes * block)
    unsafe indices = Self.grown(indices, block + 8)
    unsafe spare = Self.grown(spare, room)
    unsafe entries = Self.grown(entries, probes * room)
    reservoirs.removeAll(keepingCapacity: true)
    guard let base = unsafe entries.baseAddress else { return }
    for i in 0..<probes { reservoirs.append(unsafe Reservoir(entries: base + i * room)) }
  }

  private static func grown<T: BitwiseCopyable>(
    _ buffer: UnsafeMutableBufferPointer<T>, _ count: Int
  ) -> UnsafeMutableBufferPointer<T> {
    if buffer.count >= count { return unsafe buffer }
    unsafe buffer.deallocate()
    // Aligned for whole cache lines; not initialised, since every reader follows a writer.
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * MemoryLayout<T>.stride, alignment: 64)
    return unsafe raw.bindMemory(to: T.self)
  }

  deinit {
    unsafe scores.deallocate()
    unsafe indices.deallocate()
    unsafe spare.deallocate()
    unsafe entries.deallocate()
  }
}
