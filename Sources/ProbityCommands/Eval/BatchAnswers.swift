import FEEL
import ProbityRecords

/// Answers the lines of a batch: one JSON request each, one JSON answer each, in order.
struct BatchAnswers {
  /// The bytes of the longest request.
  static let lineLimit = 16 << 20

  private let evaluator: RequestEvaluator
  /// Lines answered or passed over so far.
  private var number = 0

  init(_ evaluator: RequestEvaluator) { self.evaluator = evaluator }

  /// The answer to the next line; nil where nothing was asked, because the line is blank.
  mutating func answer(to line: LineReader.Line) -> ExchangeTree? {
    number += 1
    let bytes: [UInt8]
    switch line {
    case .tooLong: return refusal("the line has more than \(Self.lineLimit >> 20) MiB")
    case .text(let text): bytes = text
    }
    if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return nil }
    let tree: ExchangeTree
    do {
      tree = try ExchangeTree(json: bytes[...])
    } catch {
      return refusal(error.description)
    }
    do {
      return evaluator.response(to: try EvaluationRequest(tree)).tree
    } catch {
      return refusal(error.description, id: tree["id"])
    }
  }

  /// The answer to what is no request: with its id where it has one, and always with its line.
  private func refusal(_ reason: String, id: ExchangeTree? = nil) -> ExchangeTree {
    let id = id.map { [ExchangeTree.Member("id", $0)] } ?? []
    return .object(
      id + [.init("error", .string("line \(number): \(reason)")), .init("line", .number(String(number)))])
  }
}
