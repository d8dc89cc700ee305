// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Testing

@Suite("What a consumer hands over, in order")
struct DeliveryOrderTests {
  /// A stream with one consumer, as far as deliveries go.
  private struct Stream {
    var random: SeededGenerator
    /// Places that hold something for the consumer; others are deleted or of other subjects.
    let places: [Int64]
    private var delivered: Int64 = 0
    private var number: Int64 = 0
    private var open: Set<Int64> = []

    init(seed: Int) {
      random = SeededGenerator(seed)
      let holes = Double.random(in: 0...0.6, using: &random)
      var places: [Int64] = []
      for place in 1...Int64(80) where Double.random(in: 0..<1, using: &random) >= holes {
        places.append(place)
      }
      self.places = places
    }

    var standing: ConsumerStanding {
      mutating get {
        var floor = open.min().map { $0 - 1 } ?? delivered
        // Some servers move it late.
        if !open.isEmpty, floor > 0, Bool.random(using: &random) {
          floor = Int64.random(in: 0...floor, using: &random)
        }
        return ConsumerStanding(
          acknowledged: floor, delivered: delivered, deliveries: number, open: open.count,
          waiting: places.count { $0 > delivered })
      }
    }

    /// The next of the stream, or one again.
    mutating func deliver(again: Bool) -> Delivery? {
      let place: Int64
      if again {
        guard let old = open.sorted().randomElement(using: &random) else { return nil }
        place = old
      } else {
        guard let next = places.first(where: { $0 > delivered }) else {
          // It has looked through what is of other subjects too.
          delivered = 80
          return nil
        }
        place = next
        delivered = next
        open.insert(next)
      }
      number += 1
      return Delivery(
        StreamMessage(sequence: place, subject: "s"), number: number, isFirst: !again)
    }

    mutating func acknowledge(_ place: Int64) { open.remove(place) }
  }

  @Test(
    "However deliveries are lost, doubled or late, and readers die, all comes once in the stream's order",
    arguments: 0..<300)
  func random(seed: Int) {
    var stream = Stream(seed: seed)
    var log: [Int64] = []
    var known: Set<Int64> = []
    var order = DeliveryOrder()
    var again = 0

    func append(_ place: Int64) {
      // A log drops by id what it has.
      if known.insert(place).inserted { log.append(place) }
    }
    func take(_ steps: [DeliveryOrder.Step]) {
      for step in steps {
        switch step {
        case .read(let range):
          for place in stream.places where range.contains(place) { append(place) }
          order.passed(range.upperBound)
        case .message(let delivery):
          append(delivery.message.sequence)
          order.passed(delivery.message.sequence)
        case .again(let delivery):
          again += 1
          #expect(known.contains(delivery.message.sequence), "said to be known, and is not")
        }
        // Dies, or loses the connection, between two steps.
        if Int.random(in: 0..<12, using: &stream.random) == 0 { return restart() }
        if case .message(let delivery) = step, Bool.random(using: &stream.random) {
          stream.acknowledge(delivery.message.sequence)
        }
        if case .again(let delivery) = step { stream.acknowledge(delivery.message.sequence) }
      }
    }
    func restart() {
      if Bool.random(using: &stream.random) { order = DeliveryOrder() }
      let steps = order.begin(stream.standing)
      take(steps)
    }

    restart()
    for _ in 0..<400 {
      var deliveries: [Delivery] = []
      for _ in 0..<Int.random(in: 1...6, using: &stream.random) {
        let old = Int.random(in: 0..<3, using: &stream.random) == 0
        guard let delivery = stream.deliver(again: old) else { continue }
        // To another reader, or to a connection that is gone.
        if Int.random(in: 0..<5, using: &stream.random) == 0 { continue }
        deliveries.append(delivery)
      }
      take(order.take(deliveries))
      if Int.random(in: 0..<10, using: &stream.random) == 0 {
        take(order.catchUp(stream.standing))
      }
    }
    restart()
    #expect(log == stream.places)
    #expect(again > 0)
  }

  @Test("Where nothing goes wrong nothing is read twice, whatever the stream holds between")
  func plain() {
    var order = DeliveryOrder()
    let places: [Int64] = [5, 6, 9, 100]
    #expect(
      order.begin(
        ConsumerStanding(acknowledged: 4, delivered: 4, deliveries: 0, open: 0, waiting: 4)) == [])
    let deliveries = places.enumerated().map { index, place in
      Delivery(
        StreamMessage(sequence: place, subject: "s"), number: Int64(index) + 1, isFirst: true)
    }
    #expect(order.take(deliveries) == deliveries.map { .message($0) })
    order.passed(100)
    // The consumer has looked on through other subjects, and a new session changes nothing.
    let end = ConsumerStanding(
      acknowledged: 100, delivered: 5000, deliveries: 4, open: 0, waiting: 0)
    #expect(order.catchUp(end) == [] && order.begin(end) == [])
    // Another reader was handed something since.
    let shared = ConsumerStanding(
      acknowledged: 100, delivered: 120, deliveries: 5, open: 1, waiting: 0)
    #expect(order.catchUp(shared) == [.read(101...120)])
    // A new consumer of a stream that began late has nothing to read either.
    var late = DeliveryOrder()
    #expect(
      late.begin(
        ConsumerStanding(acknowledged: 0, delivered: 99, deliveries: 0, open: 0, waiting: 1)) == [])
  }

  @Test("The places of a stream that was made anew begin again")
  func anew() {
    var order = DeliveryOrder()
    let fresh = ConsumerStanding(acknowledged: 0, delivered: 0, deliveries: 0, open: 0, waiting: 9)
    _ = order.begin(fresh)
    order.passed(50)
    _ = order.begin(fresh, isSameStream: false)
    let first = Delivery(StreamMessage(sequence: 1, subject: "s"), number: 1, isFirst: true)
    #expect(order.take([first]) == [.message(first)])
  }
}

@Suite("What a server writes of a delivery")
struct DeliveryLabelTests {
  @Test("Both forms are read, and a stream or consumer of any name stands in no one's way")
  func forms() throws {
    for name in ["S", "$JS", "9", "ACK"] {
      let short = try #require(
        DeliveryLabel("$JS.ACK.\(name).\(name).1.35.34.1700000000000000000.9"))
      #expect(short.sequence == 35 && short.number == 34 && short.isFirst)
      for rest in ["", ".rAnDoM", ".a.b.c"] {
        let long = try #require(
          DeliveryLabel("$JS.ACK._.hash.\(name).\(name).2.35.34.1700000000000000000.9\(rest)"))
        #expect(long.sequence == 35 && long.number == 34 && !long.isFirst)
      }
    }
  }

  @Test(
    "Anything else is none",
    arguments: [
      "", "$JS.ACK", "a.b.c.d.1.2.3.4.5", "$JS.ACK.S.C.1.2.3.4", "$JS.ACK.S.C.1.2.3.4.5.6",
      "$JS.ACK.S.C.x.2.3.4.5", "$JS.ACK.S.C.1.-2.3.4.5", "$JS.ACK.S.C.1.2.0.4.5",
      "$JS.ACK.S.C.1.99999999999999999999.3.4.5", "$JS.ACK.S.C..2.3.4.5",
    ])
  func others(subject: String) { #expect(DeliveryLabel(subject) == nil) }
}
