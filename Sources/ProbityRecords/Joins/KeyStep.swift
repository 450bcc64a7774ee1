/// What is done to a text before it is compared as a key.
///
/// White space at the ends never counts, and a run of it within is one space.
enum KeyStep: Hashable, Sendable {
  /// Upper and lower case make no difference.
  case foldCase
  /// Whatever is no letter and no digit counts as a space.
  case punctuation
  /// White space is taken out.
  case spaces
  /// Zeros on the left up to so many characters.
  case pad(Int)
  /// A company's number: letters in upper case, nothing but letters and digits, its digits padded to eight characters.
  case companyNumber
  /// A company's name: case and punctuation make no difference, nor what kind of company it is; `&` is `and`, and a
  /// trading name after "t/a" is left out.
  case companyName

  /// Those that a word names.
  static let named: [String: KeyStep] = [
    "case": .foldCase, "punctuation": .punctuation, "spaces": .spaces, "company number": .companyNumber,
    "company name": .companyName,
  ]

  /// The text as it is compared.
  static func apply(_ steps: [KeyStep], to text: String) -> String {
    var text = tidy(text)
    for step in steps { text = step.applied(to: text) }
    return text
  }

  private func applied(to text: String) -> String {
    switch self {
    case .foldCase: return text.lowercased()
    case .punctuation: return Self.withoutPunctuation(text)
    case .spaces: return String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.properties.isWhitespace }))
    case .pad(let length): return Self.padded(text[...], to: length)
    case .companyNumber:
      let plain = Self.withoutPunctuation(text).uppercased().filter { $0 != " " }
      let letters = plain.prefix { !$0.isNumber }
      let digits = plain.dropFirst(letters.count)
      guard letters.utf8.count <= 2, !digits.isEmpty, digits.allSatisfy(\.isNumber) else { return plain }
      return letters + Self.padded(digits, to: Self.companyNumberLength - letters.utf8.count)
    case .companyName: return Self.companyName(text)
    }
  }

  private static let companyNumberLength = 8

  private static func padded(_ text: Substring, to length: Int) -> String {
    guard !text.isEmpty else { return "" }
    return String(repeating: "0", count: max(0, length - text.unicodeScalars.count)) + text
  }

  private static func companyName(_ text: String) -> String {
    var name = text.lowercased()
    for mark in [" t/a ", " trading as "] {
      if let range = name.firstRange(of: mark) { name = String(name[..<range.lowerBound]) }
    }
    name.replace("&", with: " and ")
    var words = withoutPunctuation(name).split(separator: " ")
    while words.count > 1, let last = words.last, kinds.contains(String(last)) { words.removeLast() }
    return words.joined(separator: " ")
  }

  /// The last words of a company's name that say what kind of company it is.
  private static let kinds: Set<String> = ["ltd", "limited", "plc", "llp", "lp", "cic", "cio"]

  private static func withoutPunctuation(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      // An apostrophe stands within a word: St John's is Johns, not John and s.
      if scalar == "'" || scalar == "’" { continue }
      plain.append(scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? scalar : " ")
    }
    return tidy(String(plain))
  }

  private static func tidy(_ text: String) -> String {
    text.split { $0.isWhitespace }.joined(separator: " ")
  }
}

/// One part of the key by which rows of a source are found from those of another.
struct JoinKey: Sendable {
  /// In the source that is joined.
  var own: FeedTree.Origin
  /// In the source it is joined to.
  var other: FeedTree.Origin
  var steps: [KeyStep]
  /// Read a text, or find that there is none.
  var ownReader: ScalarReader
  var otherReader: ScalarReader
  /// Whether the text in the other source is one that must not be shown.
  var isSensitive = false
}
