import Diagnostics
import FEEL

extension DiagnosticCode {
  /// A path that leads to no fact.
  fileprivate static let unknownFact = DiagnosticCode("TEST701")
  /// A path that is not written as one.
  fileprivate static let malformedPath = DiagnosticCode("TEST702")
}

extension Diagnostic {
  /// A name that is no fact of a type.
  static func unknownFact(_ name: String, of type: ContextType, at span: SourceSpan) -> Diagnostic {
    let names = type.members.map(\.name)
    return Diagnostic(
      .unknownFact, .error, "`\(name)` is not a fact of `\(type)`", at: span,
      help: [
        NearMiss.nearest(to: name, among: names).map { "did you mean `\($0)`?" } ?? "its facts are \(names.inWords)"
      ])
  }
}

/// A way from a record's root to a fact or item: `staff[W-1].dbs.issued`.
struct FactPath {
  /// A member, and where it is a list and one item is meant, that item's key or position.
  struct Step: Sendable {
    var member: Int
    var item: String?
  }

  var steps: [Step]
  /// What it leads to.
  var type: Type
  /// The type that declares the last of its facts.
  var holder: ContextType

  /// One name of a path, with the item that is meant where it is a list.
  struct Piece {
    var name: String
    var item: String?
  }

  /// A path's names and items, without regard to what they mean; nil, with a report, where it is not written as one.
  static func pieces(of text: String, at span: SourceSpan, into diagnostics: inout Diagnostics) -> [Piece]? {
    func malformed(_ help: String) -> [Piece]? {
      diagnostics.report(
        Diagnostic(.malformedPath, .error, "`\(text)` is not the path of a fact", at: span, help: [help]))
      return nil
    }
    var pieces: [Piece] = []
    let bytes = Array(text.utf8)
    var index = 0
    while true {
      let start = index
      while index < bytes.count, bytes[index] != UInt8(ascii: "."), bytes[index] != UInt8(ascii: "[") { index += 1 }
      let name = String(decoding: bytes[start..<index], as: UTF8.self)
      guard Names.isIdentifier(name) else {
        return malformed("a path is written like `registration.status` or `staff[W-1].dbs.issued`")
      }
      var piece = Piece(name: name, item: nil)
      if index < bytes.count, bytes[index] == UInt8(ascii: "[") {
        guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")), end > index + 1 else {
          return malformed("an item is named between `[` and `]`, by its key or its number")
        }
        piece.item = String(decoding: bytes[index + 1..<end], as: UTF8.self)
        index = end + 1
      }
      pieces.append(piece)
      if index == bytes.count { return pieces }
      guard bytes[index] == UInt8(ascii: ".") else {
        return malformed("after `]` comes a `.` and the name of a fact")
      }
      index += 1
    }
  }

  /// Finds out what a path's pieces mean in a type; nil, with a report, where they mean nothing.
  init?(
    _ pieces: some Collection<Piece>, text: String, in root: ContextType, at span: SourceSpan,
    into diagnostics: inout Diagnostics
  ) {
    func refuse(_ message: String, _ help: String?...) {
      diagnostics.report(Diagnostic(.unknownFact, .error, message, at: span, help: help))
    }
    steps = []
    holder = root
    type = .context(root)
    for piece in pieces {
      guard case .context(let context) = type.base else {
        if case .list = type.base {
          refuse(
            "`\(text)` goes on after a list, without saying which item",
            "name one, by its key or its number: `[…]`")
        } else {
          refuse("`\(text)` goes on after a fact that has no parts")
        }
        return nil
      }
      guard let member = context.index(of: piece.name) else {
        diagnostics.report(.unknownFact(piece.name, of: context, at: span))
        return nil
      }
      holder = context
      steps.append(Step(member: member, item: piece.item))
      type = context.members[member].type
      guard piece.item != nil else { continue }
      guard let item = type.item, case .context = item.base else {
        refuse(
          type.item == nil
            ? "`\(piece.name)` is not a list" : "the items of `\(piece.name)` have no facts of their own",
          type.item == nil ? "leave out what is between `[` and `]`" : "give the list as a whole: `[a, b]`")
        return nil
      }
      type = item
    }
  }
}
