/// What one place of a pattern matches: `[a-z]`, `\d`, `\p{Lu}`, `[A-Z-[OI]]`.
struct CharacterSet: Sendable {
  enum Item: Sendable {
    case range(ClosedRange<UInt32>)
    case category(CategorySet)
    /// White space as XML has it.
    case blank
    /// What a name of XML begins with, and what it holds.
    case nameStart
    case namePart
    indirect case not(Item)

    /// Whether it holds a character; case has a meaning for ranges only.
    func holds(_ scalar: Unicode.Scalar, ignoringCase: Bool) -> Bool {
      switch self {
      case .range(let range):
        range.contains(scalar.value) || ignoringCase && scalar.caseVariants.contains { range.contains($0.value) }
      case .category(let categories): categories.holds(scalar)
      case .blank: scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
      case .nameStart: scalar.beginsName
      case .namePart: scalar.continuesName
      case .not(let item): !item.holds(scalar, ignoringCase: ignoringCase)
      }
    }
  }

  /// General categories of Unicode, by their abbreviations: `Lu`, or `L` for all that begin with it.
  struct CategorySet: Sendable {
    let names: [String]

    func holds(_ scalar: Unicode.Scalar) -> Bool {
      let own = scalar.properties.generalCategory.abbreviation
      return names.contains { $0 == own || ($0.utf8.count == 1 && own.hasPrefix($0)) }
    }
  }

  var items: [Item]
  var isNegated = false
  /// What is taken away: one set at most.
  var subtracted: [CharacterSet] = []
  let ignoresCase: Bool

  /// What a set has of ASCII, a bit for each character.
  struct ASCII: Sendable, BitwiseCopyable {
    fileprivate var low: UInt64 = 0
    fileprivate var high: UInt64 = 0

    /// Nil for what is not ASCII.
    func holds(_ scalar: Unicode.Scalar) -> Bool? {
      guard scalar.value < 128 else { return nil }
      return (scalar.value < 64 ? low : high) >> UInt64(scalar.value % 64) & 1 == 1
    }

    fileprivate mutating func insert(_ range: ClosedRange<UInt32>) {
      low |= Self.bits(range, above: 0)
      high |= Self.bits(range, above: 64)
    }

    /// The characters of a range as bits, of the 64 characters from one on.
    private static func bits(_ range: ClosedRange<UInt32>, above base: UInt32) -> UInt64 {
      guard range.lowerBound < base + 64, range.upperBound >= base else { return 0 }
      let first = max(range.lowerBound, base) - base
      let last = min(range.upperBound, base + 63) - base
      return ~0 << UInt64(first) & ~0 >> UInt64(63 - last)
    }
  }

  /// Nil where it takes more than ranges of characters to say what the set has.
  var ascii: ASCII? {
    guard !ignoresCase, subtracted.isEmpty else { return nil }
    var ascii = ASCII()
    for item in items {
      guard case .range(let range) = item else { return nil }
      ascii.insert(range)
    }
    if isNegated { (ascii.low, ascii.high) = (~ascii.low, ~ascii.high) }
    return ascii
  }

  func holds(_ scalar: Unicode.Scalar) -> Bool {
    let isListed = items.contains { $0.holds(scalar, ignoringCase: ignoresCase) }
    return isListed != isNegated && !subtracted.contains { $0.holds(scalar) }
  }
}

extension Unicode.Scalar {
  /// The one form that a letter's cases share.
  var folded: Unicode.Scalar {
    if value < 0x80 { return value >= 0x41 && value <= 0x5A ? Unicode.Scalar(UInt8(value) + 0x20) : self }
    let upper = Self.single(properties.uppercaseMapping) ?? self
    return Self.single(upper.properties.lowercaseMapping) ?? upper
  }

  /// The other cases of a letter.
  var caseVariants: [Unicode.Scalar] {
    let folded = folded
    return [
      folded, Self.single(properties.uppercaseMapping), Self.single(properties.lowercaseMapping),
      Self.single(folded.properties.uppercaseMapping),
    ].compactMap { $0 }
  }

  private static func single(_ text: String) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }

  /// - Source: XML 1.0, NameStartChar.
  fileprivate var beginsName: Bool {
    switch value {
    case 0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF,
      0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD,
      0x10000...0xEFFFF:
      true
    default: false
    }
  }

  /// - Source: XML 1.0, NameChar.
  fileprivate var continuesName: Bool {
    switch value {
    case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
    default: beginsName
    }
  }
}

extension Unicode.GeneralCategory {
  fileprivate var abbreviation: String {
    switch self {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }

  /// What `\p{…}` may name.
  static let abbreviations: Set<String> = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cn",
  ]
}
