/// Where a part of a workbook says that others are.
final class RelationshipsHandler: XMLHandler {
  struct Relationship {
    /// The last step of what it is called: `worksheet`, `sharedStrings`.
    var kind: String
    var target: String
  }

  private(set) var relationships: [String: Relationship] = [:]

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    guard case "Relationship" = name, let identifier = attributes["Id"], let target = attributes["Target"] else {
      return
    }
    guard attributes["TargetMode"] != "External" else { return }
    let kind = attributes["Type"].map { String($0[($0.lastIndex(of: "/").map { $0 } ?? $0.startIndex)...].dropFirst()) }
    relationships[identifier] = Relationship(kind: kind ?? "", target: target)
  }

  /// The first target of a kind, by the order of the identifiers.
  func target(ofKind kind: String) -> String? {
    relationships.filter { $0.value.kind == kind }.min { $0.key < $1.key }?.value.target
  }

  /// The name of the part that a target means.
  ///
  /// - Parameter part: the one that says so.
  static func resolve(_ target: String, from part: String) -> String {
    if target.hasPrefix("/") { return String(target.dropFirst()) }
    var steps = part.split(separator: "/").dropLast().map(String.init)
    for step in target.split(separator: "/") {
      switch step {
      case ".": break
      case "..": _ = steps.popLast()
      default: steps.append(String(step))
      }
    }
    return steps.joined(separator: "/")
  }

  /// The name of the part that says where the others are that a part needs.
  static func name(for part: String) -> String {
    let steps = part.split(separator: "/")
    return (steps.dropLast().map(String.init) + ["_rels", (steps.last.map(String.init) ?? "") + ".rels"])
      .joined(separator: "/")
  }
}

/// Reads what sheets a workbook has.
final class SheetListHandler: XMLHandler {
  struct Entry {
    var name: String
    var isHidden: Bool
    var relationship: String
  }

  private(set) var sheets: [Entry] = []
  private(set) var startsIn1904 = false

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "workbookPr": startsIn1904 = ["1", "true", "on"].contains(attributes["date1904"])
    case "sheet":
      guard let title = attributes["name"], let relationship = attributes["id"] else { return }
      let state = attributes["state"] ?? "visible"
      sheets.append(Entry(name: title, isHidden: state != "visible", relationship: relationship))
    default: break
    }
  }
}

/// Reads which styles show numbers as dates.
final class StylesHandler: XMLHandler {
  /// By the number of the style that a cell names.
  private(set) var kinds: [SheetNumberKind] = []
  private var custom: [Int: SheetNumberKind] = [:]
  private var isWithinCells = false

  /// As many as programs allow; more are a way to fill memory.
  private static let mostStyles = 65_536

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "numFmt":
      guard let identifier = attributes["numFmtId"].flatMap({ Int($0) }), let code = attributes["formatCode"] else {
        return
      }
      custom[identifier] = SheetNumberKind(code: code)
    case "cellXfs": isWithinCells = true
    case "xf" where isWithinCells:
      let identifier = attributes["numFmtId"].flatMap { Int($0) } ?? 0
      kinds.append(custom[identifier] ?? SheetNumberKind(builtIn: identifier))
    default: break
    }
    if kinds.count > Self.mostStyles || custom.count > Self.mostStyles {
      fault = .tooLarge("the workbook has more than \(Self.mostStyles) styles")
    }
  }

  override func end(_ name: XMLName) { if case "cellXfs" = name { isWithinCells = false } }
}
