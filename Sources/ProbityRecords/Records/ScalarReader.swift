import Diagnostics
import FEEL

/// Words that mean something, compared without regard to case.
struct WordSet: Hashable, Sendable {
  private var words: Set<String>
  private let longest: Int

  init(_ words: [String]) {
    self.words = Set(words.map(Self.fold))
    longest = words.map { $0.utf8.count }.max() ?? -1
  }

  static func fold(_ word: String) -> String { word.lowercased() }

  /// Texts of more bytes than this are none of the words: case may change a letter's length, but not by more.
  var mostBytes: Int { longest * 3 }

  func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
    // Most cells are longer than any such word.
    guard bytes.count <= mostBytes else { return false }
    if bytes.isEmpty { return words.contains("") }
    return words.contains(Self.fold(String(decoding: bytes, as: UTF8.self)))
  }
}

/// How the texts of a source are written.
struct TextFormats: Hashable, Sendable {
  var missing = WordSet([""])
  var redacted = WordSet([])
  /// Empty: as FEEL writes them.
  var dates: [DatePattern] = []
  var times: [DatePattern] = []
  var numbers = NumberPattern()
  var yes = WordSet(["true"])
  var no = WordSet(["false"])
}

/// Why a text, or whatever stands in its place, is not a value of its fact.
enum Misfit: Error, Hashable {
  /// Of the wrong kind altogether: a list where a number is wanted.
  case wrongKind(String)
  case notReadable
  /// Not one of the texts that the mapping knows.
  case notListed
  case tooManyDigits
  case notAllowed(AllowedValues, nearest: String?)
  /// Not a text in the file's encoding.
  case malformed
  /// An expression rests on a cell that cannot be read.
  case undecided(cell: String)
  /// A cell whose formula came to an error.
  case failedFormula
  /// Bytes that a database holds and that are no text.
  case binary
  /// A formula whose value the file does not hold.
  case notComputed
  /// The same key twice in one object.
  case givenTwice
  /// Something that the parser could not read, and has reported.
  case lost
  /// What the path expects is not what is there.
  case misled(String)
  /// The path leads to so many values, which differ.
  case several(Int)
}

/// What became of a text.
enum Reading {
  case value(Value)
  case missing
  case redacted
  case misfit(Misfit)
}

/// Reads texts as values of one fact; made once for a run.
final class ScalarReader: Sendable {
  let type: Type
  /// What a value has to pass beyond its type.
  let tests: CheckedTests?
  let formats: TextFormats
  /// What texts, in lower case, stand for.
  let values: [String: Value]
  /// Whether a text that is not among ``values`` is refused.
  let refusesUnlisted: Bool
  /// Whether a text may differ from an allowed value in upper and lower case.
  let foldsAllowed: Bool

  init(
    _ type: Type, tests: CheckedTests? = nil, formats: TextFormats = TextFormats(), values: [String: Value] = [:],
    refusesUnlisted: Bool = false, foldsAllowed: Bool = false
  ) {
    self.type = type
    self.tests = tests
    self.formats = formats
    self.values = values
    self.refusesUnlisted = refusesUnlisted
    self.foldsAllowed = foldsAllowed
  }

  /// Reads texts as they stand, where they say anything at all: what is missing and redacted is asked of them first.
  static func text(like formats: TextFormats) -> ScalarReader { ScalarReader(.string, formats: formats) }

  /// Texts of more bytes than this are no words that mean something else than they say.
  var longestWord: Int {
    max(
      formats.missing.mostBytes, formats.redacted.mostBytes, (values.keys.map { $0.utf8.count }.max() ?? 0) * 3)
  }

  /// Whether a text means that there is no value.
  func isMissing(_ text: ArraySlice<UInt8>) -> Bool { formats.missing.contains(text) }

  /// Reads a text, with or without white space around it.
  func read(_ bytes: ArraySlice<UInt8>) -> Reading {
    let text = Trim.space(bytes)
    if formats.missing.contains(text) { return .missing }
    if formats.redacted.contains(text) { return .redacted }
    if !values.isEmpty {
      if let value = values[WordSet.fold(String(decoding: text, as: UTF8.self))] { return .value(value) }
      if refusesUnlisted { return .misfit(.notListed) }
    }
    do {
      return check(try value(of: text))
    } catch {
      return .misfit(error)
    }
  }

  /// Reads a cell that is no text but has a type of its own, and is in the form that FEEL writes.
  ///
  /// What the mapping says of such texts counts first; a cell of another type than the fact's is read as a text is.
  func read(typed text: ArraySlice<UInt8>) -> Reading {
    if formats.missing.contains(text) { return .missing }
    if formats.redacted.contains(text) { return .redacted }
    if !values.isEmpty, values[WordSet.fold(String(decoding: text, as: UTF8.self))] != nil { return read(text) }
    // A day with a time of day is that day.
    let day = text.prefix { $0 != UInt8(ascii: "T") }
    let value: Value? =
      switch type.base {
      case .number: Number(utf8: text).map { .number($0) }
      case .boolean where text.elementsEqual("true".utf8): .boolean(true)
      case .boolean where text.elementsEqual("false".utf8): .boolean(false)
      case .date: CivilDate(utf8: day.span).map { .date($0) }
      case .time: CivilTime(utf8: text.span).map { .time($0) }
      case .dateAndTime: DateAndTime(utf8: text.span).map { .dateAndTime($0) }
      default: nil
      }
    guard let value else { return read(text) }
    return refusesUnlisted ? .misfit(.notListed) : check(value)
  }

  /// Whether a value of the right type is one of those allowed.
  func check(_ value: Value) -> Reading {
    guard let allowed = type.allowedValues else { return .value(value) }
    if let listed = allowed.listed {
      if listed.contains(value) { return .value(value) }
      guard case .string(let text) = value else { return .misfit(.notAllowed(allowed, nearest: nil)) }
      let folded = WordSet.fold(text)
      let same = listed.first { if case .string(let other) = $0 { WordSet.fold(other) == folded } else { false } }
      if foldsAllowed, let same { return .value(same) }
      if case .string(let other)? = same { return .misfit(.notAllowed(allowed, nearest: other)) }
      let texts = listed.compactMap { if case .string(let text) = $0 { text } else { nil } }
      return .misfit(.notAllowed(allowed, nearest: NearMiss.nearest(to: text, among: texts)))
    }
    return passes(value) ? .value(value) : .misfit(.notAllowed(allowed, nearest: nil))
  }

  private func passes(_ value: Value) -> Bool {
    guard let tests, let anyDay = CivilDate(dayNumber: 0) else { return true }
    // What is allowed does not depend on the day; the loader sees to that.
    guard case .boolean(true) = Evaluator(asOf: anyDay).evaluate(tests, input: value) else { return false }
    return true
  }

  private func value(of text: ArraySlice<UInt8>) throws(Misfit) -> Value {
    let read: Value?
    switch type.base {
    case .string, .any: read = .string(String(decoding: text, as: UTF8.self))
    case .boolean:
      read = formats.yes.contains(text) ? .boolean(true) : formats.no.contains(text) ? .boolean(false) : nil
    case .number: read = .number(try number(text))
    case .date: read = date(text).map { .date($0) }
    case .time: read = time(text).map { .time($0) }
    case .dateAndTime: read = dateAndTime(text).map { .dateAndTime($0) }
    case .daysAndTimeDuration: read = DaysAndTimeDuration(utf8: text.span).map { .daysAndTimeDuration($0) }
    case .yearsAndMonthsDuration: read = YearsAndMonthsDuration(utf8: text.span).map { .yearsAndMonthsDuration($0) }
    case .null, .list, .context, .range, .function, .restricted: read = nil
    }
    guard let read else { throw .notReadable }
    return read
  }

  // MARK: - Numbers

  private func number(_ text: ArraySlice<UInt8>) throws(Misfit) -> Number {
    guard var plain = formats.numbers.read(text) else { throw .notReadable }
    if plain.isPercentage {
      guard !plain.text.contains(UInt8(ascii: "e")) else { throw .notReadable }
      plain.text += Array("e-2".utf8)
    }
    return try Self.number(plain.text[...])
  }

  /// The number that a JSON number, or a number in its plain form, stands for; never a rounded one.
  static func number(_ text: ArraySlice<UInt8>) throws(Misfit) -> Number {
    let digits = significantDigits(text)
    guard digits <= mostDigits, let number = Number(utf8: text) else { throw .tooManyDigits }
    // What is nearer to zero than any number reads as zero.
    guard digits == 0 || !number.isZero, number.magnitude < beyond else { throw .tooManyDigits }
    return number
  }

  private static let mostDigits = 34
  /// Numbers of this size and above are not read: no fact comes near.
  private static let beyond = Number(coefficient: 1, exponent: 34) ?? .zero

  /// How many digits stand from the first that is not zero to the last, leaving out the exponent.
  private static func significantDigits(_ text: ArraySlice<UInt8>) -> Int {
    var count = 0
    var zeros = 0
    for byte in text {
      if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { break }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { continue }
      if byte != UInt8(ascii: "0") {
        count += zeros + 1
        zeros = 0
      } else if count > 0 {
        zeros += 1
      }
    }
    return count
  }

  // MARK: - Dates and times

  private func date(_ text: ArraySlice<UInt8>) -> CivilDate? {
    guard !formats.dates.isEmpty else { return CivilDate(utf8: text.span) }
    for pattern in formats.dates {
      if let parts = pattern.read(text), let date = parts.date { return date }
    }
    return nil
  }

  private func time(_ text: ArraySlice<UInt8>) -> CivilTime? {
    guard !formats.times.isEmpty else { return CivilTime(utf8: text.span) }
    for pattern in formats.times {
      if let parts = pattern.read(text), let time = parts.time { return time }
    }
    return nil
  }

  private func dateAndTime(_ text: ArraySlice<UInt8>) -> DateAndTime? {
    guard !formats.dates.isEmpty else { return DateAndTime(utf8: text.span) }
    for pattern in formats.dates {
      guard let parts = pattern.read(text), let date = parts.date else { continue }
      if !pattern.hasTime { return DateAndTime(date: date, time: .midnight()) }
      if let time = parts.time { return DateAndTime(date: date, time: time) }
    }
    return nil
  }
}

extension DatePattern.Parts {
  /// The day, nil where there is no such day.
  fileprivate var date: CivilDate? {
    guard let year, let month, let day else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// The time of day; the seconds are 0 where the pattern leaves them out.
  fileprivate var time: CivilTime? {
    guard let hour else { return nil }
    let zone: Zone?
    if let offset { zone = Zone(offsetSeconds: offset) } else { zone = .local }
    guard let zone else { return nil }
    return CivilTime(hour: hour, minute: minute ?? 0, second: second ?? 0, zone: zone)
  }
}

extension Value {
  /// The value as a key shows it; nil for what cannot be one.
  var keyText: String? {
    switch self {
    case .string(let text): text.isEmpty ? nil : text
    case .number(let number): number.description
    case .date(let date): date.description
    default: nil
    }
  }
}

extension Misfit {
  /// What is wrong, as the end of a sentence whose subject is the text.
  ///
  /// - Parameter type: of the fact.
  func predicate(for type: Type) -> String {
    switch self {
    case .wrongKind, .notReadable: "is not \(type.withArticle)"
    case .notListed: "is not among the texts that the mapping lists"
    case .tooManyDigits: "has more than 34 digits, or is too large or too small"
    case .notAllowed(let allowed, _): "is not allowed: \(Excerpt.of(allowed.text))"
    case .malformed: "is not text in the file's encoding"
    case .undecided(let cell): "reads `\(cell)`, which cannot be read"
    case .failedFormula: "is an error of the sheet's own"
    case .binary: "is not text"
    case .notComputed: "is a formula whose value the file does not hold"
    case .lost: "cannot be read"
    case .givenTwice: "is given twice"
    case .misled(let reason): reason
    case .several(let count): "leads to \(count) values that differ, where one is wanted"
    }
  }
}

extension Type {
  /// The type as a sentence names one value of it.
  var withArticle: String {
    switch base {
    case .string: "a text"
    case .any: "a value"
    case .number: "a number"
    case .boolean: "true or false"
    case .list: "a list"
    case .context(let type): "an object with the facts of `\(type.name ?? "a record")`"
    case .daysAndTimeDuration, .yearsAndMonthsDuration:
      "a duration such as \(base == .daysAndTimeDuration ? "P14D" : "P3Y")"
    case .null, .date, .time, .dateAndTime, .range, .function, .restricted: "a \(base)"
    }
  }
}
