/// What a number of a sheet stands for by the way it is shown.
enum SheetNumberKind: Hashable {
  case number
  case date
  case time
  case dateAndTime
  /// Hours, minutes or seconds beyond a day's: `[h]:mm`.
  case duration

  /// The kind of one of the formats that have a number and no text, by ECMA-376 part 1, 18.8.30; those that depend on
  /// the program's language among them.
  init(builtIn identifier: Int) {
    switch identifier {
    case 14...17, 27...31, 34...36, 50...54, 57, 58: self = .date
    case 18...21, 32, 33, 45, 47, 55, 56: self = .time
    case 22: self = .dateAndTime
    case 46: self = .duration
    default: self = .number
    }
  }

  /// The kind of a format by its code: `dd/mm/yyyy;@`.
  init(code: String) {
    var hasDate = false
    var hasTime = false
    var hasMonthOrMinute = false
    var isElapsed = false
    var scalars = code.unicodeScalars[...]
    scan: while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"": scalars = Self.after("\"", scalars)
      case "\\", "_", "*": _ = scalars.popFirst()
      case "[":
        let inner = scalars.prefix { $0 != "]" }
        scalars = Self.after("]", scalars)
        if let first = inner.first, inner.allSatisfy({ "hHmMsS".unicodeScalars.contains($0) && Self.same($0, first) }) {
          isElapsed = true
        }
      // Sections beyond the first are for negative numbers, zero and texts.
      case ";": break scan
      case "y", "Y", "d", "D", "e", "E", "b", "B", "g", "G":
        // "General", and the exponent of `0.00E+00`.
        if scalar == "G" || scalar == "g", String(String.UnicodeScalarView(scalars.prefix(6))).lowercased() == "eneral"
        {
          scalars = scalars.dropFirst(6)
        } else if !(scalar == "E" || scalar == "e") || !(scalars.first == "+" || scalars.first == "-") {
          hasDate = true
        }
      case "h", "H", "s", "S": hasTime = true
      case "m", "M": hasMonthOrMinute = true
      default: break
      }
    }
    if isElapsed {
      self = .duration
    } else if hasDate {
      self = hasTime ? .dateAndTime : .date
    } else if hasTime {
      self = .time
    } else {
      self = hasMonthOrMinute ? .date : .number
    }
  }

  private static func after(
    _ end: Unicode.Scalar, _ scalars: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView {
    scalars.drop { $0 != end }.dropFirst()
  }

  private static func same(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    left.value | 0x20 == right.value | 0x20
  }
}
