import FEEL
import TestSupport
import Testing

/// A row: an expression that is null, and the reason that has to stand beside the null.
struct Refusal: CustomTestStringConvertible, Sendable {
  var text: String
  var reason: Failure.Reason
  var note: String

  init(_ text: String, _ reason: Failure.Reason, _ note: String = "") {
    self.text = text
    self.reason = reason
    self.note = note
  }

  var testDescription: String { note.isEmpty ? text : "\(note): \(text)" }

  /// Evaluates the text as the standard has it, mistakes being null.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    Self.check(runFEEL(text, mode: .standard).value, reason, sourceLocation: sourceLocation)
  }

  static func check(_ value: Value, _ reason: Failure.Reason, sourceLocation: SourceLocation = #_sourceLocation) {
    guard case .null(let failure) = value else {
      Issue.record("\(value.literal) is not null", sourceLocation: sourceLocation)
      return
    }
    #expect(failure?.reason == reason, "\(failure?.message ?? "no reason")", sourceLocation: sourceLocation)
  }
}
