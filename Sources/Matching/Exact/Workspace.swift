// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// Scratch memory of one worker of one search at a time; grows, and is used again.
@safe final class Workspace: @unchecked Sendable {
  // Unchecked: a search takes a workspace out of the matcher's store for itself and hands each of its
  // workers one, so at any time one thread uses it; the store's lock orders the searches.

  /// For each probe the score that a row must reach.
  private(set) var thresholds: UnsafeMutableBufferPointer<Float>
  /// For each probe `hitRoom` places.
  private(set) var hits: UnsafeMutableBufferPointer<sl_hit>
  private(set) var found: UnsafeMutableBufferPointer<Int>
  private(set) var hitRoom = 0
  /// A block of scores and the indices of one probe's, for products that write them all.
  private(set) var scores: UnsafeMutableBufferPointer<Float>
  private(set) var indices: UnsafeMutableBufferPointer<UInt32>
  /// Whether nothing was added since `prepare`.
  private(set) var isFresh = true
  private var spare: UnsafeMutableBufferPointer<Float>
  private var entries: UnsafeMutableBufferPointer<Reservoir.Entry>
  private var reservoirs: [Reservoir] = []

  init() {
    unsafe thresholds = .init(start: nil, count: 0)
    unsafe hits = .init(start: nil, count: 0)
    unsafe found = .init(start: nil, count: 0)
    unsafe scores = .init(start: nil, count: 0)
    unsafe indices = .init(start: nil, count: 0)
    unsafe spare = .init(start: nil, count: 0)
    unsafe entries = .init(start: nil, count: 0)
  }

  deinit {
    unsafe thresholds.deallocate()
    unsafe hits.deallocate()
    unsafe found.deallocate()
    unsafe scores.deallocate()
    unsafe indices.deallocate()
    unsafe spare.deallocate()
    unsafe entries.deallocate()
  }

  /// Makes room for `probes` probes against blocks of `block` rows with lists of `k`, all empty.
  func prepare(probes: Int, block: Int, k: Int) {
    let room = Reservoir.limit(k) + block
    unsafe thresholds = Self.grown(thresholds, probes)
    unsafe hits = Self.grown(hits, probes * block)
    unsafe found = Self.grown(found, probes)
    unsafe spare = Self.grown(spare, room)
    unsafe entries = Self.grown(entries, probes * room)
    hitRoom = block
    isFresh = true
    reservoirs.removeAll(keepingCapacity: true)
    guard let base = unsafe entries.baseAddress else { return }
    for i in 0..<probes {
      reservoirs.append(unsafe Reservoir(entries: base + i * room))
      unsafe thresholds[i] = -.infinity
    }
  }

  /// Makes room for the scores of a block; asked for by who needs it.
  func makeRoomForScores() {
    unsafe scores = Self.grown(scores, reservoirs.count * hitRoom)
    unsafe indices = Self.grown(indices, hitRoom + 8)
  }

  /// The numbers of the probes.
  var probes: Range<Int> { reservoirs.indices }

  /// Takes over the hits of probe number `probe`, their rows counted from `firstRow`.
  ///
  /// - Returns: whether too many are too alike for `error` to tell them apart: then who knows better
  ///   must `replace` them.
  func add(_ probe: Int, firstRow: Int, k: Int, error: Float) -> Bool {
    let count = unsafe found[probe]
    guard count > 0, let hits = unsafe hits.baseAddress, let spare = unsafe spare.baseAddress else {
      return false
    }
    isFresh = false
    unsafe reservoirs[probe].append(hits + probe * hitRoom, count, firstRow: firstRow)
    let limit = Reservoir.limit(k)
    guard reservoirs[probe].count > (reservoirs[probe].threshold.isFinite ? limit : k) else {
      return false
    }
    unsafe reservoirs[probe].cut(to: k, error: error, spare: spare)
    unsafe thresholds[probe] = reservoirs[probe].threshold
    return reservoirs[probe].count > limit
  }

  func contents(_ probe: Int) -> [Reservoir.Entry] { unsafe Array(reservoirs[probe].contents) }

  func replace(_ probe: Int, with entries: some Collection<Reservoir.Entry>) {
    reservoirs[probe].replace(with: entries)
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
}
