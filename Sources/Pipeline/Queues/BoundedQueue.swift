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
        let action = state.withLock { state -> PushAction in
          precondition(!state.finished, "push after finish")
          if Task.isCancelled { return .cancelled }
          if !state.consumers.isEmpty {
            return .handed(to: state.consumers.removeFirst().continuation)
          }
          if state.held.count < capacity {
            state.held.append(held)
            return .accepted(displaced: nil)
          }
          if policy == .dropOldest {
            let oldest = state.held.removeFirst()
            state.held.append(held)
            return .accepted(displaced: oldest?.element)
          }
          state.producers.append((id, held, continuation))
          return .waits
        }
        // Never under the lock: the runtime takes a task's own lock to resume it, and holds that lock
        // while a cancellation handler, which wants ours, runs.
        switch action {
        case .waits: break
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .accepted(let displaced): continuation.resume(returning: displaced)
        case .handed(let consumer):
          consumer.resume(returning: Self.leave(held))
          continuation.resume(returning: nil)
        }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        state.producers.firstIndex { $0.id == id }.map { state.producers.remove(at: $0) }
      }
      waiting?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Takes the oldest element, waiting for one; `nil` when the queue is finished and empty.
  package func pop() async throws -> Popped? {
    let id = state.withLock { $0.waiter() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let action = state.withLock { state -> PopAction in
          if Task.isCancelled { return .cancelled }
          if let taken = Self.take(&state) { return .took(taken) }
          if state.finished { return .ended }
          state.consumers.append((id, continuation))
          return .waits
        }
        switch action {
        case .waits: break
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .ended: continuation.resume(returning: nil)
        case .took(let taken):
          taken.producer?.resume(returning: nil)
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
    let taken = state.withLock { Self.take(&$0) }
    taken?.producer?.resume(returning: nil)
    return taken?.popped
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
  private typealias Producer = CheckedContinuation<Element?, any Error>

  private enum PushAction {
    case waits
    case cancelled
    case accepted(displaced: Element?)
    case handed(to: Consumer)
  }

  private enum PopAction {
    case waits
    case cancelled
    case ended
    case took(Taken)
  }

  /// An element that was taken, and the producer whose element took its place, yet to be resumed.
  private struct Taken {
    let popped: Popped
    let producer: Producer?
  }

  private static func take(_ state: inout State) -> Taken? {
    guard let held = state.held.removeFirst() else { return nil }
    guard !state.producers.isEmpty else { return Taken(popped: leave(held), producer: nil) }
    let producer = state.producers.removeFirst()
    state.held.append(producer.held)
    return Taken(popped: leave(held), producer: producer.continuation)
  }

  private static func leave(_ held: Held) -> Popped {
    Popped(element: held.element, waited: Monotonic.now() &- held.since)
  }
}
