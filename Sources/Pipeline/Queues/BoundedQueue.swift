// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// What a full queue does with one more element.
package enum QueuePolicy: String, Hashable, Sendable {
  /// The producer waits: nothing is lost, and the source is slowed down.
  case block
  /// The oldest element makes room: the newest frame is the one worth having.
  case dropOldest = "drop-oldest"
}

/// A queue of bounded length between two stages, for any number of producers and consumers.
///
/// Invariant: at most `capacity` elements are held, and an element that entered leaves exactly once, to
/// a consumer or, under `dropOldest`, back to the producer that displaced it. All operations are O(1)
/// but for the waiting lists, which are as long as there are tasks waiting.
package final class BoundedQueue<Element: Sendable>: Sendable {
  /// An element that has left the queue, and how long it was in it.
  package struct Popped: Sendable {
    package let element: Element
    /// Nanoseconds from entering to leaving.
    package let waited: UInt64
  }

  package let capacity: Int
  package let policy: QueuePolicy
  private let state = Mutex(State())

  private struct Held {
    let element: Element
    let since: UInt64
  }

  private struct State {
    var held = Ring<Held>()
    var finished = false
    var nextWaiter: UInt64 = 0
    var consumers: [(id: UInt64, continuation: CheckedContinuation<Popped?, any Error>)] = []
    var producers:
      [(id: UInt64, held: Held, continuation: CheckedContinuation<Element?, any Error>)] = []

    mutating func waiter() -> UInt64 {
      nextWaiter += 1
      return nextWaiter
    }
  }

  package init(capacity: Int, policy: QueuePolicy = .block) {
    precondition(capacity > 0, "a queue needs room for one element")
    self.capacity = capacity
    self.policy = policy
  }

  /// Number of elements in the queue now.
  package var count: Int { state.withLock { $0.held.count } }

  /// Puts an element in; waits for room, or displaces the oldest, as the policy says.
  ///
  /// - Returns: the displaced element, if any.
  /// - Throws: `CancellationError` when the task is cancelled while it waits; the element is then not
  ///   in the queue.
  @discardableResult
  package func push(_ element: Element) async throws -> Element? {
    let held = Held(element: element, since: Monotonic.now())
    let id = state.withLock { $0.waiter() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        state.withLock { state in
          precondition(!state.finished, "push after finish")
          if Task.isCancelled {
            continuation.resume(throwing: CancellationError())
          } else if !state.consumers.isEmpty {
            let consumer = state.consumers.removeFirst()
            consumer.continuation.resume(returning: Self.leave(held))
            continuation.resume(returning: nil)
          } else if state.held.count < capacity {
            state.held.append(held)
            continuation.resume(returning: nil)
          } else if policy == .dropOldest {
            let oldest = state.held.removeFirst()
            state.held.append(held)
            continuation.resume(returning: oldest?.element)
          } else {
            state.producers.append((id, held, continuation))
          }
        }
      }
    } onCancel: {
      state.withLock { state in
        guard let index = state.producers.firstIndex(where: { $0.id == id }) else { return }
        state.producers.remove(at: index).continuation.resume(throwing: CancellationError())
      }
    }
  }

  /// Takes the oldest element, waiting for one; `nil` when the queue is finished and empty.
  package func pop() async throws -> Popped? {
    let id = state.withLock { $0.waiter() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        state.withLock { state in
          if Task.isCancelled {
            continuation.resume(throwing: CancellationError())
          } else if let popped = Self.take(&state) {
            continuation.resume(returning: popped)
          } else if state.finished {
            continuation.resume(returning: nil)
          } else {
            state.consumers.append((id, continuation))
          }
        }
      }
    } onCancel: {
      state.withLock { state in
        guard let index = state.consumers.firstIndex(where: { $0.id == id }) else { return }
        state.consumers.remove(at: index).continuation.resume(throwing: CancellationError())
      }
    }
  }

  /// Takes the oldest element if there is one now.
  package func tryPop() -> Popped? { state.withLock { Self.take(&$0) } }

  /// Says that nothing more will be pushed; consumers drain what is left and then get `nil`.
  package func finish() {
    state.withLock { state in
      precondition(state.producers.isEmpty, "finish while a push waits")
      state.finished = true
      for consumer in state.consumers { consumer.continuation.resume(returning: nil) }
      state.consumers.removeAll()
    }
  }

  private static func take(_ state: inout State) -> Popped? {
    guard let held = state.held.removeFirst() else { return nil }
    if !state.producers.isEmpty {
      let producer = state.producers.removeFirst()
      state.held.append(producer.held)
      producer.continuation.resume(returning: nil)
    }
    return leave(held)
  }

  private static func leave(_ held: Held) -> Popped {
    Popped(element: held.element, waited: Monotonic.now() &- held.since)
  }
}

/// A first-in first-out buffer that reuses its memory.
private struct Ring<Element> {
  private var slots: [Element?] = []
  private var head = 0
  private(set) var count = 0

  mutating func append(_ element: Element) {
    if count == slots.count { grow() }
    slots[(head + count) % slots.count] = element
    count += 1
  }

  mutating func removeFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = slots[head]
    slots[head] = nil
    head = (head + 1) % slots.count
    count -= 1
    return element
  }

  private mutating func grow() {
    let ordered = (0..<count).map { slots[(head + $0) % slots.count] }
    slots = ordered + [Element?](repeating: nil, count: max(8, count))
    head = 0
  }
}
