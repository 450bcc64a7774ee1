extension BuiltinLibrary {
  /// Positions and lengths count code points.
  ///
  /// - Source: DMN 1.5, 10.3.4.3 (string functions).
  static let stringBuiltins: [Builtin] =
    [
      Builtin(
        "substring",
        [
          .init(
            [
              .init("string", .string), .init("start position", .number),
              .init("length", .number, isOptional: true),
            ], .string)
        ],
        summary: "The characters from a position on, counted from 1 or, if negative, from the end; no more than there "
          + "are.",
        example: ("substring(\"foobar\", -2, 1)", "\"a\""), mayFail: true
      ) { call in
        guard let text = call.string(0), call.number(1) != nil else { return call.refuseNull() }
        let scalars = text.unicodeScalars
        let count = scalars.count
        guard let position = call.integer(1), let start = call.offset(position, in: count) else {
          return call.fail(.outOfRange, "the text has no such position")
        }
        var rest = scalars.dropFirst(start)
        if call.isGiven(2) {
          guard let length = call.number(2), length >= 1 else {
            return call.fail(.outOfRange, "a length is at least 1")
          }
          rest = rest.prefix(call.integer(2) ?? count)
        }
        return .string(String(Substring(rest)))
      },
      Builtin(
        "string length", [.init([.init("string", .string)], .number)], summary: "How many characters a text has.",
        example: ("string length(\"foo\")", "3"), mayFail: true
      ) { call in call.string(0).map { .number(Number($0.unicodeScalars.count)) } ?? call.refuseNull() },
      Builtin(
        "upper case", [.init([.init("string", .string)], .string)], summary: "The text in capital letters.",
        example: ("upper case(\"aBc4\")", "\"ABC4\""), mayFail: true
      ) { call in call.string(0).map { .string($0.uppercased()) } ?? call.refuseNull() },
      Builtin(
        "lower case", [.init([.init("string", .string)], .string)], summary: "The text in small letters.",
        example: ("lower case(\"aBc4\")", "\"abc4\""), mayFail: true
      ) { call in call.string(0).map { .string($0.lowercased()) } ?? call.refuseNull() },
      search(
        "substring before", .string,
        "The text before the first occurrence of another; empty where there is none.",
        example: ("substring before(\"foobar\", \"bar\")", "\"foo\"")
      ) { text, place in .string(text.part(0..<(place?.lowerBound ?? 0))) },
      search(
        "substring after", .string, "The text after the first occurrence of another; empty where there is none.",
        example: ("substring after(\"foobar\", \"ob\")", "\"ar\"")
      ) { text, place in
        .string(text.part((place?.upperBound ?? text.utf8.count)..<text.utf8.count))
      },
      search(
        "contains", .boolean, "Whether a text holds another.", example: ("contains(\"foobar\", \"oba\")", "true")
      ) { _, place in .boolean(place != nil) },
      Builtin(
        "starts with", textAndMatch(.boolean), summary: "Whether a text begins with another.",
        example: ("starts with(\"foobar\", \"fo\")", "true"), mayFail: true
      ) { call in
        guard let text = call.string(0), let match = call.string(1) else { return call.refuseNull() }
        return .boolean(text.withUTF8Bytes { text in match.withUTF8Bytes { text.starts(with: $0) } })
      },
      Builtin(
        "ends with", textAndMatch(.boolean), summary: "Whether a text ends with another.",
        example: ("ends with(\"foobar\", \"r\")", "true"), mayFail: true
      ) { call in
        guard let text = call.string(0), let match = call.string(1) else { return call.refuseNull() }
        return .boolean(
          text.withUTF8Bytes { text in match.withUTF8Bytes { text.suffix($0.count).elementsEqual($0) } })
      },
      Builtin(
        "matches",
        [
          .init(
            [.init("input", .string), .init("pattern", .string), .init("flags", .string, isOptional: true)], .boolean)
        ],
        summary: "Whether a regular expression matches some part of a text; the flags are s, m, i and x. Null for a "
          + "pattern that is none, or takes too long.",
        example: ("matches(\"foobar\", \"^fo*b\")", "true"), mayFail: true
      ) { call in
        matching(call, flags: 2) { (matcher) throws(RegularExpressionMatcher.Exhausted) in
          .boolean(try matcher.matches(from: 0))
        }
      },
      Builtin(
        "replace",
        [
          .init(
            [
              .init("input", .string), .init("pattern", .string), .init("replacement", .string),
              .init("flags", .string, isOptional: true),
            ], .string)
        ],
        summary:
          "A text with each match of a regular expression replaced; `$1` stands for the first group, `$0` for the "
          + "match. Null for a pattern that is none, matches nothing at all, or takes too long.",
        example: ("replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""), mayFail: true
      ) { replace($0) },
      Builtin(
        "split", [.init([.init("string", .string), .init("delimiter", .string)], .list(.string))],
        summary: "The parts of a text between the matches of a regular expression. Null for a pattern that is none, "
          + "matches nothing at all, or takes too long.",
        example: ("split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]"), mayFail: true
      ) { call in
        parts(call) { (matcher, pieces) in
          .list(
            List(pieces.matches.map { .string(matcher.string($0.before)) } + [.string(matcher.string(pieces.rest))]))
        }
      },
      Builtin(
        "string join",
        [.init([.init("list", .list(.string)), .init("delimiter", .string, isOptional: true)], .string)],
        summary: "The texts of a list, one after the other, with a delimiter between them; nulls are left out.",
        example: ("string join([\"a\", \"b\"], \" and \")", "\"a and b\""), mayFail: true
      ) { call in
        guard let items = call.items(0) else { return call.refuseNull() }
        let texts = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
        let delimiter = call.string(1) ?? ""
        // Before it is made: a long delimiter between many texts is much work.
        let size = texts.reduce(delimiter.utf8.count * texts.count) { $0 + $1.utf8.count }
        return call.charge(size / 64) ?? .string(texts.joined(separator: delimiter))
      },
    ]

  private static func textAndMatch(_ result: Type) -> [Builtin.Signature] {
    [.init([.init("string", .string), .init("match", .string)], result)]
  }

  // MARK: Plain search

  /// A function of where in a text another first occurs.
  private static func search(
    _ name: String, _ result: Type, _ summary: String, example: (call: String, result: String),
    value: @escaping @Sendable (String, Range<Int>?) -> Value
  ) -> Builtin {
    Builtin(name, textAndMatch(result), summary: summary, example: example, mayFail: true) { call in
      guard let text = call.string(0), let match = call.string(1) else { return call.refuseNull() }
      if let exhausted = call.charge(text.utf8.count / 64) { return exhausted }
      return value(text, text.withUTF8Bytes { text in match.withUTF8Bytes { TextSearch(bytes: text).first($0) } })
    }
  }

  /// Text as bytes, in which to look for other text: the same bytes are the same code points.
  private struct TextSearch {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The first occurrence of some bytes, in linear time whatever they are (Knuth, Morris and Pratt).
    func first(_ wanted: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
      guard let start = wanted.first else { return 0..<0 }
      if wanted.count == 1 { return bytes.firstIndex(of: start).map { $0..<$0 + 1 } }
      guard wanted.count <= bytes.count else { return nil }
      /// For each length of what has matched, the longest part at its end that begins what is wanted.
      var borders = [Int](repeating: 0, count: wanted.count)
      var length = 0
      for index in wanted.indices.dropFirst() {
        while length > 0, wanted[index] != wanted[length] { length = borders[length - 1] }
        if wanted[index] == wanted[length] { length += 1 }
        borders[index] = length
      }
      var matched = 0
      for (index, byte) in bytes.enumerated() {
        while matched > 0, byte != wanted[matched] { matched = borders[matched - 1] }
        if byte == wanted[matched] { matched += 1 }
        if matched == wanted.count { return index + 1 - matched..<index + 1 }
      }
      return nil
    }
  }

  // MARK: Regular expressions

  /// Runs `body` over the text and the pattern of a call, and charges what that takes.
  private static func matching(
    _ call: Builtin.Call, flags: Int?,
    _ body: (inout RegularExpressionMatcher) throws(RegularExpressionMatcher.Exhausted) -> Value
  ) -> Value {
    guard let text = call.string(0), let pattern = call.string(1) else { return call.refuseNull() }
    func tooLong() -> Value { call.fail(.workLimit, "the pattern takes too long on this text") }
    do throws(RegularExpression.Problem) {
      let pattern = try call.evaluator.patterns.pattern(pattern, flags: flags.flatMap { call.string($0) } ?? "")
      guard var matcher = RegularExpressionMatcher(pattern, text: text, in: &call.evaluator.matcherMemory) else {
        return tooLong()
      }
      defer { matcher.finish(&call.evaluator.matcherMemory) }
      do throws(RegularExpressionMatcher.Exhausted) {
        let value = try body(&matcher)
        return call.charge(matcher.steps / stepsPerCharge) ?? value
      } catch {
        return call.charge(matcher.steps / stepsPerCharge) ?? tooLong()
      }
    } catch {
      return call.fail(.invalidFormat, error.message)
    }
  }

  /// A step of a matcher is much less work than a step of an evaluation.
  private static let stepsPerCharge = 8

  /// A text cut up by the matches of a pattern.
  private struct Pieces {
    var matches: [(before: Range<Int>, match: RegularExpressionMatcher.Match)] = []
    var rest: Range<Int>
  }

  private static func parts(
    _ call: Builtin.Call, flags: Int? = nil, _ body: (RegularExpressionMatcher, Pieces) -> Value
  ) -> Value {
    matching(call, flags: flags) { (matcher) throws(RegularExpressionMatcher.Exhausted) in
      var pieces = Pieces(rest: 0..<matcher.text.count)
      while let match = try matcher.firstMatch(from: pieces.rest.lowerBound), let whole = match[0] {
        guard !whole.isEmpty else {
          return call.fail(.invalidFormat, "the pattern matches where there is nothing, so it divides no text")
        }
        pieces.matches.append((pieces.rest.lowerBound..<whole.lowerBound, match))
        pieces.rest = whole.upperBound..<matcher.text.count
      }
      return body(matcher, pieces)
    }
  }

  private static func replace(_ call: Builtin.Call) -> Value {
    guard let replacement = call.string(2) else { return call.refuseNull() }
    return parts(call, flags: 3) { matcher, pieces in
      guard let template = Template(replacement, groups: matcher.groups) else {
        return call.fail(
          .invalidFormat, "in a replacement `$` stands before a group's number, and `\\` before `$` or `\\`")
      }
      var result = String.UnicodeScalarView()
      for (before, match) in pieces.matches {
        // Before it is made: groups may be long, and the replacement may name them often.
        let length = template.parts.count + template.groupCount * (match[0]?.count ?? 0)
        if let exhausted = call.charge(length / 16) { return exhausted }
        result.append(contentsOf: matcher.text[before])
        for part in template.parts {
          switch part {
          case .text(let scalar): result.append(scalar)
          case .group(let number):
            if number < match.count, let range = match[number] { result.append(contentsOf: matcher.text[range]) }
          }
        }
      }
      result.append(contentsOf: matcher.text[pieces.rest])
      return .string(String(result))
    }
  }

  /// What a replacement says.
  private struct Template {
    enum Part {
      case text(Unicode.Scalar)
      case group(Int)
    }

    private(set) var parts: [Part] = []
    private(set) var groupCount = 0

    init?(_ text: String, groups: Int) {
      let scalars = Array(text.unicodeScalars)
      var index = 0
      while index < scalars.count {
        let scalar = scalars[index]
        index += 1
        switch scalar {
        case "\\":
          guard index < scalars.count, scalars[index] == "\\" || scalars[index] == "$" else { return nil }
          parts.append(.text(scalars[index]))
          index += 1
        case "$":
          guard index < scalars.count, var number = Self.digit(scalars[index]) else { return nil }
          index += 1
          // `$12` is group 12 where there are as many, and else group 1 and a `2`.
          while index < scalars.count, let digit = Self.digit(scalars[index]), number * 10 + digit <= groups {
            number = number * 10 + digit
            index += 1
          }
          parts.append(.group(number))
          groupCount += 1
        default: parts.append(.text(scalar))
        }
      }
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
      ("0"..."9").contains(scalar) ? Int(scalar.value) - 0x30 : nil
    }
  }
}

extension RegularExpressionMatcher {
  fileprivate func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[range])
    return String(view)
  }
}
