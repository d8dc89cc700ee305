// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Telemetry
import Testing

@Suite("HTTP requests")
struct HTTPRequestTests {
  private func read(_ text: String) -> HTTPRequest.Reading { HTTPRequest.read(Array(text.utf8)) }

  @Test("A whole head gives method and path, without its query")
  func whole() {
    #expect(
      read("GET /metrics?x=1 HTTP/1.1\r\nHost: here\r\nAccept:\r\n\r\n")
        == .request(.get("/metrics")))
    #expect(read("HEAD /healthz HTTP/1.0\r\n\r\n") == .request(.head("/healthz")))
    #expect(read("POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n") == .request(.other("/")))
  }

  @Test("Any beginning of a good request waits for the rest")
  func beginnings() {
    let whole = Array("GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n".utf8)
    for length in 0..<whole.count {
      #expect(HTTPRequest.read(Array(whole[..<length])) == .incomplete, "\(length)")
    }
  }

  @Test(
    "What is no request is refused",
    arguments: [
      ("GET / HTTP/1.1\n\n", 400), ("\r\n\r\n", 400), ("GET  / HTTP/1.1\r\n\r\n", 400),
      ("GET / HTTP/2.0\r\n\r\n", 505), ("GET / FTP/1.1\r\n\r\n", 400),
      ("GET http://evil/ HTTP/1.1\r\n\r\n", 400), ("G\u{0}T / HTTP/1.1\r\n\r\n", 400),
      ("GET /\u{7F} HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400), ("GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 400),
      ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", 400),
    ])
  func refused(text: String, status: Int) { #expect(read(text) == .refused(status)) }

  @Test("Lines, heads and fields have limits")
  func limits() {
    let long = String(repeating: "a", count: 2_100)
    #expect(read("GET /\(long)") == .refused(414))
    #expect(read("GET /\(long) HTTP/1.1\r\n\r\n") == .refused(414))
    let wide = (0..<5).map { "F\($0): \(long)\r\n" }.joined()
    #expect(read("GET / HTTP/1.1\r\n" + wide) == .refused(431))
    #expect(read("GET / HTTP/1.1\r\n" + wide + "\r\n") == .refused(431))
    let many = (0..<65).map { "F\($0): x\r\n" }.joined()
    #expect(read("GET / HTTP/1.1\r\n" + many + "\r\n") == .refused(431))
  }

  @Test("Random bytes, and good requests with one byte changed, are read without a fault")
  func noise() {
    var random = SystemRandomNumberGenerator()
    let good = Array("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
    for round in 0..<20_000 {
      var bytes = good
      if round % 2 == 0 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      } else {
        bytes = (0..<Int.random(in: 0...300)).map { _ in .random(in: 0...255, using: &random) }
      }
      guard case .request(let request) = HTTPRequest.read(bytes) else { continue }
      #expect(request.path.utf8.first == 0x2F)
      #expect(request.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }
  }
}

extension HTTPRequest {
  fileprivate static func get(_ path: String) -> HTTPRequest { .init(method: .get, path: path) }
  fileprivate static func head(_ path: String) -> HTTPRequest { .init(method: .head, path: path) }
  fileprivate static func other(_ path: String) -> HTTPRequest { .init(method: .other, path: path) }
}
