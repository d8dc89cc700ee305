// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// A queue between two stages, bounded in elements and in bytes, for any number of producers and consumers.
///
/// Invariant: at most `limits.elements` elements of `limits.bytes` bytes are held, and an element that was
/// pushed leaves exactly once, to a consumer or, where the policy drops, back to a producer. All operations
/// are O(1) but for the waiting lists, which are as long as there are tasks waiting.
package final class BoundedQueue<Element: Sendable>: Sendable {
  /// An element that has left the queue, and how long it was in it.
  package struct Popped: Sendable {
    package let element: Element
    /// Nanoseconds from entering to leaving.
    package let waited: UInt64
    /// Whether that is longer than the queue's maximum age: the consumer is to drop it, and to count it.
    package let isTooOld: Bool
  }

  package let limits: QueueLimits
  private let size: @Sendable (Element) -> Int
  private let state = Mutex(State())

  private struct Held {
    let element: Element
    let bytes: Int
    let since: UInt64
  }

  private struct Waiter {
    let id: UInt64
    /// When it waits no longer, on the monotonic clock.
    let deadline: UInt64
    let continuation: CheckedContinuation<Popped?, any Error>
  }

  private struct State {
    var held = Ring<Held>()
    var bytes = 0
    var mostElements = 0
    var mostBytes = 0
    var finished = false
    var nextWaiter: UInt64 = 0
    var consumers: [Waiter] = []
    var producers:
      [(id: UInt64, held: Held, continuation: CheckedContinuation<[Element], any Error>)] = []

    mutating func add(_ element: Held) {
      held.append(element)
      bytes += element.bytes
      mostElements = max(mostElements, held.count)
      mostBytes = max(mostBytes, bytes)
    }

    mutating func remove() -> Held? {
      guard let oldest = held.removeFirst() else { return nil }
      bytes -= oldest.bytes
      return oldest
    }

    func hasRoom(for element: Held, _ limits: QueueLimits) -> Bool {
      held.count == 0
        || held.count < limits.elements && element.bytes <= limits.bytes - min(bytes, limits.bytes)
    }

    mutating func waiter() -> UInt64 {
      nextWaiter += 1
      return nextWaiter
    }
  }

  /// `size` tells the bytes that an element keeps; elements of a queue without a bound in bytes need none.
  package init(_ limits: QueueLimits, size: @escaping @Sendable (Element) -> Int = { _ in 0 }) {
    self.limits = limits
    self.size = size
  }

  package convenience init(capacity: Int, policy: QueuePolicy = .block) {
    self.init(QueueLimits(elements: capacity, policy: policy))
  }

  /// Number of elements in the queue now.
  package var count: Int { state.withLock { $0.held.count } }

  /// Bytes in the queue now.
  package var bytes: Int { held.bytes }

  /// Elements and their bytes in the queue now.
  package var held: (elements: Int, bytes: Int) { state.withLock { ($0.held.count, $0.bytes) } }

  /// The most elements and bytes that were in the queue at once.
  package var most: (elements: Int, bytes: Int) {
    state.withLock { ($0.mostElements, $0.mostBytes) }
  }

  /// Puts an element in; waits for room, or drops, as the policy says.
  ///
  /// - Returns: what was dropped: older elements or, under `dropNewest`, this one.
  /// - Throws: `CancellationError` when the task is cancelled while it waits; the element is then not
  ///   in the queue.
  @discardableResult
  package func push(_ element: Element) async throws -> [Element] {
    let held = Held(element: element, bytes: size(element), since: Monotonic.now())
    try Task.checkCancellation()
    // Mostly there is nothing to wait for, and so no memory to be taken for a task that waits.
    if let dropped = pushNow(held) { return dropped }
    let id = state.withLock { $0.waiter() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let action = state.withLock { state -> PushAction in
          precondition(!state.finished, "push after finish")
          if Task.isCancelled { return .cancelled }
          if let action = offer(held, &state) { return action }
          state.producers.append((id, held, continuation))
          return .waits
        }
        // Never under the lock: the runtime takes a task's own lock to resume it, and holds that lock
        // while a cancellation handler, which wants ours, runs.
        switch action {
        case .waits: break
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .accepted(let dropped): continuation.resume(returning: dropped)
        case .handed(let consumer):
          consumer.resume(returning: leave(held))
          continuation.resume(returning: [])
        }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        state.producers.firstIndex { $0.id == id }.map { state.producers.remove(at: $0) }
      }
      waiting?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Puts an element in if there is room for it now; false, whatever the policy, if there is none.
  package func tryPush(_ element: Element) -> Bool {
    let held = Held(element: element, bytes: size(element), since: Monotonic.now())
    return pushNow(held, mayDrop: false) != nil
  }

  /// Puts an element in, or drops as the policy says if it may; `nil` if its producer has to wait.
  private func pushNow(_ held: Held, mayDrop: Bool = true) -> [Element]? {
    let action = state.withLock { state -> PushAction in
      precondition(!state.finished, "push after finish")
      if !mayDrop, state.consumers.isEmpty,
        !state.producers.isEmpty || !state.hasRoom(for: held, limits)
      {
        return .waits
      }
      return offer(held, &state) ?? .waits
    }
    switch action {
    case .waits, .cancelled: return nil
    case .accepted(let dropped): return dropped
    case .handed(let consumer):
      consumer.resume(returning: leave(held))
      return []
    }
  }

  /// What becomes of an element at once; `nil` if its producer has to wait.
  private func offer(_ held: Held, _ state: inout State) -> PushAction? {
    if !state.consumers.isEmpty { return .handed(to: state.consumers.removeFirst().continuation) }
    if state.producers.isEmpty, state.hasRoom(for: held, limits) {
      state.add(held)
      return .accepted(dropped: [])
    }
    switch limits.policy {
    case .block: return nil
    case .dropNewest: return .accepted(dropped: [held.element])
    case .dropOldest:
      var dropped: [Element] = []
      while !state.hasRoom(for: held, limits), let oldest = state.remove() {
        dropped.append(oldest.element)
      }
      state.add(held)
      return .accepted(dropped: dropped)
    }
  }

  /// Takes the oldest element, waiting for one; `nil` when the queue is finished and empty.
  ///
  /// - Parameter deadline: a time of `Monotonic` from which on it is `nil` as well where there is no element;
  ///   somebody is to call `expire()` then.
  /// - Throws: `CancellationError`.
  package func pop(before deadline: UInt64 = .max) async throws -> Popped? {
    try Task.checkCancellation()
    if let popped = tryPop() { return popped }
    let id = state.withLock { $0.waiter() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let action = state.withLock { state -> PopAction in
          if Task.isCancelled { return .cancelled }
          if let taken = take(&state) { return .took(taken) }
          if state.finished || deadline != .max && Monotonic.now() >= deadline { return .ended }
          state.consumers.append(
            Waiter(id: id, deadline: deadline, continuation: continuation))
          return .waits
        }
        switch action {
        case .waits: break
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .ended: continuation.resume(returning: nil)
        case .took(let taken):
          for producer in taken.producers { producer.resume(returning: []) }
          continuation.resume(returning: taken.popped)
        }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        state.consumers.firstIndex { $0.id == id }.map { state.consumers.remove(at: $0) }
      }
      waiting?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Takes the oldest element if there is one now.
  package func tryPop() -> Popped? {
    let taken = state.withLock { take(&$0) }
    guard let taken else { return nil }
    for producer in taken.producers { producer.resume(returning: []) }
    return taken.popped
  }

  /// Lets go of consumers whose deadline has passed: they get `nil`.
  package func expire() {
    let now = Monotonic.now()
    let late = state.withLock { state -> [Waiter] in
      guard state.consumers.contains(where: { $0.deadline <= now }) else { return [] }
      defer { state.consumers.removeAll { $0.deadline <= now } }
      return state.consumers.filter { $0.deadline <= now }
    }
    for consumer in late { consumer.continuation.resume(returning: nil) }
  }

  /// Says that nothing more will be pushed; consumers drain what is left and then get `nil`.
  package func finish() {
    let waiting = state.withLock { state in
      precondition(state.producers.isEmpty, "finish while a push waits")
      state.finished = true
      defer { state.consumers.removeAll() }
      return state.consumers
    }
    for consumer in waiting { consumer.continuation.resume(returning: nil) }
  }

  /// How many tasks wait to push and to pop now.
  package var waiting: (producers: Int, consumers: Int) {
    state.withLock { ($0.producers.count, $0.consumers.count) }
  }

  private typealias Consumer = CheckedContinuation<Popped?, any Error>
  private typealias Producer = CheckedContinuation<[Element], any Error>

  private enum PushAction {
    case waits
    case cancelled
    case accepted(dropped: [Element])
    case handed(to: Consumer)
  }

  private enum PopAction {
    case waits
    case cancelled
    case ended
    case took(Taken)
  }

  /// An element that was taken, and the producers whose elements took its place, yet to be resumed.
  private struct Taken {
    let popped: Popped
    var producers: [Producer] = []
  }

  private func take(_ state: inout State) -> Taken? {
    guard let held = state.remove() else { return nil }
    var taken = Taken(popped: leave(held))
    while let first = state.producers.first, state.hasRoom(for: first.held, limits) {
      state.producers.removeFirst()
      state.add(first.held)
      taken.producers.append(first.continuation)
    }
    return taken
  }

  private func leave(_ held: Held) -> Popped {
    let waited = Monotonic.now() &- held.since
    return Popped(
      element: held.element, waited: waited,
      isTooOld: limits.maximumAge.map { waited > $0 } ?? false)
  }
}
