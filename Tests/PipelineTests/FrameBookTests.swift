// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("The book of frames")
struct FrameBookTests {
  @Test("Frames are conserved camera by camera, and drops told by camera, stage and reason")
  func conserved() throws {
    let book = FrameBook(cameras: 3, limit: 100)
    for camera in 0..<3 {
      for number in 0..<20 {
        if number % 5 == 4 {
          book.refused(camera: camera, stage: .read, reason: .inFlight)
          continue
        }
        try book.entered(camera: camera)
        switch number % 5 {
        case 0: try book.left(.failed, camera: camera)
        case 1: try book.left(.dropped(.read, .queueFull), camera: camera)
        case 2: try book.left(.decoded(isDamaged: true), camera: camera)
        default: try book.left(.decoded(isDamaged: false), camera: camera)
        }
      }
    }
    let reading = book.reading
    #expect(reading.cameras.count == 3)
    for account in reading.cameras {
      #expect(account.entered == 20)
      #expect(account.decoded == 8)
      #expect(account.damaged == 4)
      #expect(account.failed == 4)
      #expect(account.dropped == 8)
      #expect(account.inFlight == 0)
    }
    #expect(reading.total.inFlight == 0)
    #expect(reading.drops.count == 6)
    #expect(
      reading.drops[FrameDrop(camera: 1, stage: .read, reason: .queueFull)] == 4)
    #expect(reading.mostInFlight == 1)
  }

  @Test("A frame counted out twice, and one too many in flight, are noticed at once")
  func broken() throws {
    let book = FrameBook(cameras: 1, limit: 2)
    try book.entered(camera: 0)
    try book.entered(camera: 0)
    #expect(throws: PipelineError.self) { try book.entered(camera: 0) }
    let other = FrameBook(cameras: 1, limit: 2)
    try other.entered(camera: 0)
    try other.left(.failed, camera: 0)
    let error = #expect(throws: PipelineError.self) { try other.left(.failed, camera: 0) }
    #expect(error?.code == .internalFault)
  }
}
