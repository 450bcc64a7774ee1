/// Reads a pattern.
struct RegularExpressionParser {
  /// Groups and classes may nest so deeply.
  static let depthLimit = 100

  private let scalars: [Unicode.Scalar]
  private let flags: RegularExpression.Flags
  private var position = 0
  private var depth = 0
  private(set) var groups = 0
  /// The groups whose end has been read: only they can be referred to.
  private var closedGroups: Set<Int> = []
  private(set) var hasBackReferences = false

  init(_ pattern: String, flags: RegularExpression.Flags) {
    self.flags = flags
    let all = Array(pattern.unicodeScalars)
    scalars = flags.ignoresBlanks ? Self.withoutBlanks(all) : all
  }

  /// A pattern without its white space, except that in classes of characters.
  private static func withoutBlanks(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var kept: [Unicode.Scalar] = []
    var level = 0
    var isEscaped = false
    for scalar in scalars {
      if level == 0, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { continue }
      if !isEscaped {
        if scalar == "[" { level += 1 }
        if scalar == "]" { level = max(level - 1, 0) }
      }
      isEscaped = scalar == "\\" && !isEscaped
      kept.append(scalar)
    }
    return kept
  }

  mutating func parse() throws(RegularExpression.Problem) -> RegularExpressionTree {
    let tree = try alternatives()
    if let rest = current { throw .unexpected(String(rest)) }
    return tree
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  private mutating func next() throws(RegularExpression.Problem) -> Unicode.Scalar {
    guard let scalar = current else { throw .unexpectedEnd }
    position += 1
    return scalar
  }

  private mutating func alternatives() throws(RegularExpression.Problem) -> RegularExpressionTree {
    guard depth < Self.depthLimit else { throw .tooDeep }
    depth += 1
    defer { depth -= 1 }
    var branches = [try branch()]
    while take("|") { branches.append(try branch()) }
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func branch() throws(RegularExpression.Problem) -> RegularExpressionTree {
    var parts: [RegularExpressionTree] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      parts.append(try quantified(try atom()))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func quantified(
    _ atom: RegularExpressionTree
  ) throws(RegularExpression.Problem) -> RegularExpressionTree {
    let bounds: (least: Int, most: Int?)
    switch current {
    case "?": bounds = (0, 1)
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "{":
      position += 1
      let least = try count()
      var most: Int? = least
      if take(",") { most = current == "}" ? nil : try count() }
      guard current == "}", most.map({ $0 >= least }) ?? true else { throw .wrongQuantifier }
      bounds = (least, most)
    default: return atom
    }
    switch atom {
    case .start, .end: throw .wrongQuantifier
    default: break
    }
    position += 1
    let isReluctant = take("?")
    if let scalar = current, ["?", "*", "+", "{"].contains(scalar) { throw .wrongQuantifier }
    return .repetition(atom, least: bounds.least, most: bounds.most, isReluctant: isReluctant)
  }

  private mutating func count() throws(RegularExpression.Problem) -> Int {
    var value = 0
    let start = position
    while let scalar = current, let digit = Self.digit(scalar) {
      value = value * 10 + digit
      guard value <= RegularExpression.sizeLimit else { throw .tooLarge }
      position += 1
    }
    guard position > start else { throw .wrongQuantifier }
    return value
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    scalar.value >= 0x30 && scalar.value <= 0x39 ? Int(scalar.value) - 0x30 : nil
  }

  private mutating func atom() throws(RegularExpression.Problem) -> RegularExpressionTree {
    let scalar = try next()
    switch scalar {
    case ".": return .any
    case "^": return .start
    case "$": return .end
    case "(": return try group()
    case "[": return .set(try characterClass())
    case "\\": return try escape()
    case "?", "*", "+", "{", "}", "]": throw .unexpected(String(scalar))
    default: return .character(scalar)
    }
  }

  private mutating func group() throws(RegularExpression.Problem) -> RegularExpressionTree {
    if take("?") {
      guard take(":") else { throw .lookAround }
      let body = try alternatives()
      guard take(")") else { throw .unexpectedEnd }
      return body
    }
    groups += 1
    let number = groups
    let body = try alternatives()
    guard take(")") else { throw .unexpectedEnd }
    closedGroups.insert(number)
    return .group(number, body)
  }

  private mutating func escape() throws(RegularExpression.Problem) -> RegularExpressionTree {
    guard let scalar = current else { throw .unexpectedEnd }
    if let first = Self.digit(scalar), first > 0 { return try backReference() }
    if let single = Self.singleEscape(scalar) {
      position += 1
      return .character(single)
    }
    return .set(CharacterSet(items: [try multiEscape()], ignoresCase: flags.ignoresCase))
  }

  /// `\12` is group 12 where there are as many, and else group 1 and a `2`.
  private mutating func backReference() throws(RegularExpression.Problem) -> RegularExpressionTree {
    var number = 0
    while let scalar = current, let digit = Self.digit(scalar) {
      guard number == 0 || number * 10 + digit <= groups else { break }
      number = number * 10 + digit
      position += 1
    }
    guard closedGroups.contains(number) else { throw .noSuchGroup(String(number)) }
    hasBackReferences = true
    return .backReference(number)
  }

  private static func singleEscape(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar {
    case "n": "\n"
    case "r": "\r"
    case "t": "\t"
    case "\\", "|", ".", "?", "*", "+", "(", ")", "{", "}", "-", "[", "]", "^", "$": scalar
    default: nil
    }
  }

  /// An escape that stands for many characters, after its backslash.
  private mutating func multiEscape() throws(RegularExpression.Problem) -> CharacterSet.Item {
    let scalar = try next()
    switch scalar {
    case "s": return .blank
    case "S": return .not(.blank)
    case "d": return .category(.init(names: ["Nd"]))
    case "D": return .not(.category(.init(names: ["Nd"])))
    case "w": return .not(.category(.init(names: ["P", "Z", "C"])))
    case "W": return .category(.init(names: ["P", "Z", "C"]))
    case "i": return .nameStart
    case "I": return .not(.nameStart)
    case "c": return .namePart
    case "C": return .not(.namePart)
    case "p": return try category()
    case "P": return .not(try category())
    default: throw .unknownEscape(String(scalar))
    }
  }

  private mutating func category() throws(RegularExpression.Problem) -> CharacterSet.Item {
    guard take("{") else { throw .unknownEscape("p") }
    var name = ""
    while let scalar = current, scalar != "}" {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take("}") else { throw .unexpectedEnd }
    if Unicode.GeneralCategory.abbreviations.contains(name) { return .category(.init(names: [name])) }
    if name.hasPrefix("Is"), let block = UnicodeBlocks[String(name.dropFirst(2))] { return .range(block) }
    throw .unknownCategory(name)
  }

  // MARK: Classes

  /// `[…]`, after its bracket.
  private mutating func characterClass() throws(RegularExpression.Problem) -> CharacterSet {
    guard depth < Self.depthLimit else { throw .tooDeep }
    depth += 1
    defer { depth -= 1 }
    var set = CharacterSet(items: [], ignoresCase: flags.ignoresCase)
    set.isNegated = take("^")
    while true {
      let isFirst = set.items.isEmpty
      let scalar = try next()
      switch scalar {
      case "]":
        guard !isFirst else { throw .emptyClass }
        return set
      case "[": throw .unexpected("[")
      case "-" where current == "[" && !isFirst:
        position += 1
        set.subtracted = [try characterClass()]
        guard take("]") else { throw .unexpectedEnd }
        return set
      case "-" where !isFirst && current != "]": throw .unexpected("-")
      case "\\":
        if let escaped = current, let single = Self.singleEscape(escaped) {
          position += 1
          set.items.append(try range(from: single))
        } else {
          if let escaped = current, Self.digit(escaped) != nil { throw .unknownEscape(String(escaped)) }
          set.items.append(try multiEscape())
        }
      default: set.items.append(try range(from: scalar))
      }
    }
  }

  /// A character of a class, or the range that it begins.
  private mutating func range(from start: Unicode.Scalar) throws(RegularExpression.Problem) -> CharacterSet.Item {
    guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]", scalars[position + 1] != "["
    else {
      return .range(start.value...start.value)
    }
    position += 1
    var end = try next()
    if end == "\\" {
      guard let escaped = current, let single = Self.singleEscape(escaped) else { throw .reversedRange }
      position += 1
      end = single
    }
    guard start <= end else { throw .reversedRange }
    return .range(start.value...end.value)
  }
}
