// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Synchronization
import Testing

private final class Taken: Sendable {
  private let elements = Mutex<[Int]>([])

  func add(_ element: Int) { elements.withLock { $0.append(element) } }
  var count: Int { elements.withLock { $0.count } }
  func sorted() -> [Int] { elements.withLock { $0.sorted() } }
}

@Suite("Bounded queues")
struct BoundedQueueTests {
  @Test("Elements leave in the order they came, each once, whatever the number of tasks")
  func conservation() async throws {
    let queue = BoundedQueue<Int>(capacity: 3)
    let taken = Taken()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          while let popped = try await queue.pop() { taken.add(popped.element) }
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { producers in
        for producer in 0..<4 {
          producers.addTask {
            for i in 0..<500 { try await queue.push(producer * 500 + i) }
          }
        }
        try await producers.waitForAll()
      }
      queue.finish()
      try await group.waitForAll()
    }
    #expect(taken.sorted() == Array(0..<2_000))
  }

  @Test("One producer and one consumer keep the order")
  func order() async throws {
    let queue = BoundedQueue<Int>(capacity: 2)
    async let pushed: Void = {
      for i in 0..<1_000 { try await queue.push(i) }
      queue.finish()
    }()
    var seen: [Int] = []
    while let popped = try await queue.pop() { seen.append(popped.element) }
    try await pushed
    #expect(seen == Array(0..<1_000))
  }

  @Test("It never holds more than its capacity")
  func bounded() async throws {
    let queue = BoundedQueue<Int>(capacity: 5)
    let producer = Task {
      for i in 0..<100 { try await queue.push(i) }
      queue.finish()
    }
    var seen = 0
    while let _ = try await queue.pop() {
      #expect(queue.count <= 5)
      seen += 1
      await Task.yield()
    }
    try await producer.value
    #expect(seen == 100)
  }

  @Test("Drop-oldest gives the displaced element back, and conserves them all")
  func dropOldest() async throws {
    let queue = BoundedQueue<Int>(capacity: 3, policy: .dropOldest)
    var displaced: [Int] = []
    for i in 0..<10 {
      displaced += try await queue.push(i)
    }
    queue.finish()
    var kept: [Int] = []
    while let popped = try await queue.pop() { kept.append(popped.element) }
    #expect(displaced == Array(0..<7))
    #expect(kept == [7, 8, 9])
  }

  @Test("Drop-newest refuses what does not fit, and keeps what waits")
  func dropNewest() async throws {
    let queue = BoundedQueue<Int>(capacity: 3, policy: .dropNewest)
    var refused: [Int] = []
    for i in 0..<10 { refused += try await queue.push(i) }
    queue.finish()
    var kept: [Int] = []
    while let popped = try await queue.pop() { kept.append(popped.element) }
    #expect(refused == Array(3..<10))
    #expect(kept == [0, 1, 2])
  }

  @Test(
    "Bytes are bounded as elements are, whatever the sizes; one too large goes in alone",
    arguments: QueuePolicy.allCases)
  func bytes(policy: QueuePolicy) async throws {
    let queue = BoundedQueue<Int>(
      QueueLimits(elements: 6, bytes: 100, policy: policy), size: { $0 })
    let sizes = (0..<400).map { ($0 * 7919) % 97 + ($0 % 50 == 49 ? 100 : 0) }
    let producer = Task {
      var dropped: [Int] = []
      for size in sizes { dropped += try await queue.push(size) }
      queue.finish()
      return dropped
    }
    var seen: [Int] = []
    while let popped = try await queue.pop() {
      let (count, bytes) = queue.held
      #expect(count <= 6)
      // One that is larger than the bound is alone.
      #expect(bytes <= 100 || count == 1)
      seen.append(popped.element)
      await Task.yield()
    }
    let dropped = try await producer.value
    #expect((seen + dropped).sorted() == sizes.sorted())
    #expect(policy != .block || dropped.isEmpty && seen == sizes)
    #expect(queue.bytes == 0)
    #expect(queue.most.elements <= 6)
    #expect(queue.most.bytes <= 196)
  }

  @Test("What does not fit with what is there waits, and goes in when enough has left")
  func bytesWait() async throws {
    let queue = BoundedQueue<Int>(QueueLimits(elements: 10, bytes: 10), size: { $0 })
    #expect(queue.tryPush(6))
    #expect(queue.tryPush(3))
    #expect(!queue.tryPush(2))
    let producer = Task { try await queue.push(8) }
    while queue.waiting.producers == 0 { await Task.yield() }
    // It would fit, but nobody overtakes one who waits.
    #expect(!queue.tryPush(1))
    #expect(queue.tryPop()?.element == 6)
    #expect(queue.waiting.producers == 1)
    #expect(queue.tryPop()?.element == 3)
    #expect(try await producer.value == [])
    #expect(queue.bytes == 8)
  }

  @Test("An element that waited longer than the maximum age says so; it is not lost")
  func age() async throws {
    let queue = BoundedQueue<Int>(QueueLimits(elements: 2, maximumAge: 1_000_000))
    try await queue.push(1)
    try await Task.sleep(for: .milliseconds(2))
    let popped = try #require(try await queue.pop())
    #expect(popped.element == 1)
    #expect(popped.isTooOld)
    let patient = BoundedQueue<Int>(QueueLimits(elements: 2, maximumAge: .max))
    try await patient.push(1)
    #expect(try await patient.pop()?.isTooOld == false)
  }

  @Test("A waiting consumer and a waiting producer can be cancelled, again and again")
  func cancellation() async throws {
    for _ in 0..<200 {
      let queue = BoundedQueue<Int>(capacity: 1)
      let consumer = Task { try await queue.pop() }
      while queue.waiting.consumers == 0 { await Task.yield() }
      consumer.cancel()
      await #expect(throws: CancellationError.self) { try await consumer.value }
      #expect(queue.waiting.consumers == 0)

      try await queue.push(1)
      let producer = Task { try await queue.push(2) }
      while queue.waiting.producers == 0 { await Task.yield() }
      producer.cancel()
      await #expect(throws: CancellationError.self) { try await producer.value }
      #expect(queue.tryPop()?.element == 1)
      #expect(queue.tryPop() == nil)
    }
  }

  @Test("Cancelling while others push and pop loses no element and hangs nobody")
  func cancelledUnderLoad() async throws {
    for round in 0..<50 {
      let queue = BoundedQueue<Int>(capacity: 2)
      let taken = Taken()
      let failed = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<3 {
          group.addTask {
            do {
              while let popped = try await queue.pop() { taken.add(popped.element) }
              return false
            } catch {
              return true
            }
          }
        }
        for producer in 0..<3 {
          group.addTask {
            do {
              for i in 0..<(100 + round) { try await queue.push(producer * 1_000 + i) }
              return false
            } catch {
              return true
            }
          }
        }
        for _ in 0..<(round * 3) { await Task.yield() }
        group.cancelAll()
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(failed >= 3, "consumers wait for ever unless they are cancelled")
      let seen = taken.sorted()
      #expect(Set(seen).count == seen.count)
    }
  }

  @Test("A consumer with a deadline is let go when it has passed, not before; the others wait on")
  func deadline() async throws {
    let queue = BoundedQueue<Int>(capacity: 2)
    let patient = Task { try await queue.pop()?.element }
    while queue.waiting.consumers < 1 { await Task.yield() }
    let hour = Monotonic.now() + 3_600_000_000_000
    let later = Task { try await queue.pop(before: hour)?.element }
    while queue.waiting.consumers < 2 { await Task.yield() }
    let soon = Monotonic.now() + 20_000_000
    let hasty = Task { try await queue.pop(before: soon)?.element }
    // Either it waits and is let go, or it came too late to wait: both end with nothing.
    while Monotonic.now() < soon { await Task.yield() }
    queue.expire()
    #expect(try await hasty.value == nil)
    #expect(try await queue.pop(before: soon) == nil)
    queue.expire()
    #expect(queue.waiting.consumers == 2)
    try await queue.push(1)
    try await queue.push(2)
    #expect(try await patient.value == 1)
    #expect(try await later.value == 2)
    try await queue.push(3)
    #expect(try await queue.pop(before: soon)?.element == 3, "what is there is given, however late")
  }

  @Test("No element is lost between a deadline and its coming")
  func deadlines() async throws {
    let queue = BoundedQueue<Int>(capacity: 3)
    let count = 3_000
    let taken = Taken()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          while taken.count < count {
            let deadline = Monotonic.now() + .random(in: 0...40_000)
            if let popped = try await queue.pop(before: deadline) {
              taken.add(popped.element)
            } else {
              await Task.yield()
            }
          }
        }
      }
      group.addTask {
        while taken.count < count {
          queue.expire()
          await Task.yield()
        }
        queue.finish()
      }
      group.addTask { for element in 0..<count { try await queue.push(element) } }
      try await group.waitForAll()
    }
    #expect(taken.sorted() == Array(0..<count))
  }

  @Test("A finished queue gives what is left and then nil, to everybody")
  func finish() async throws {
    let queue = BoundedQueue<Int>(capacity: 4)
    try await queue.push(1)
    queue.finish()
    #expect(try await queue.pop()?.element == 1)
    #expect(try await queue.pop() == nil)
    #expect(try await queue.pop() == nil)
  }
}
