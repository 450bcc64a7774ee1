import Diagnostics
package import FEEL

/// A record's line in the bytes of the input. It is valid as long as the batch that it is of.
package struct LineText: BitwiseCopyable {
  /// To which spans are offsets.
  package let bytes: UnsafePointer<UInt8>
  /// What identifies the record.
  package let key: UnsafeBufferPointer<UInt8>
  /// What it is called, as JSON has it between quotation marks; empty where nothing says so.
  package let name: UnsafeBufferPointer<UInt8>
  package let line: Int
  /// By the ids of the columns; the batch keeps them.
  private let texts: Unmanaged<TextIDs>

  /// - Parameter texts: which the batch keeps.
  package init(
    bytes: UnsafePointer<UInt8>, key: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>, line: Int,
    texts: Unmanaged<TextIDs>
  ) {
    self.bytes = bytes
    self.key = key
    self.name = name
    self.line = line
    self.texts = texts
  }

  package func text(_ id: Int64) -> UnsafeBufferPointer<UInt8> {
    texts._withUnsafeGuaranteedRef { $0.bytes(of: id) }
  }
}

/// Says what and where the facts are that marks name.
package struct FactTeller {
  /// What is known of a record besides its columns.
  enum Origin {
    case line(LineText, file: String)
    case record(HeldFacts)
  }

  /// What a cell holds, for what can be written without a ``FEEL/Value``.
  package enum Content {
    case truth(Bool)
    /// In ``Layout/unit``s.
    case number(Int64)
    case day(Int64)
    case text(UnsafeBufferPointer<UInt8>)
    case other(Value)
  }

  let columns: ExplainedColumns
  let origin: Origin

  // MARK: Columns

  /// What identifies an item.
  package enum Key {
    case position(Int)
    case text(UnsafeBufferPointer<UInt8>)
    case other(String)
  }

  /// What identifies an item of a line.
  package func key(of table: Int, _ row: Int, in line: LineText) -> Key {
    let column = columns.keys[table]
    switch columns.plan.keys[table] {
    case .span where column.states[row] == Scalars.known:
      let span = column.values[row]
      return .text(
        UnsafeBufferPointer(start: line.bytes + Int(span & 0xFFFF_FFFF), count: Int(span &>> 32)))
    case .scalar(let kind, _) where column.states[row] == Scalars.known:
      if let key = Machine.value(column.values[row], kind) { return .other(key.description) }
    default: break
    }
    let above = Int(columns.tables[table].parents[row])
    return .position(row - Int(columns.tables[table].offsets[above]) + 1)
  }

  /// The row of the table above that a row belongs to.
  private func parent(of row: Int, in table: Int) -> Int { Int(columns.tables[table].parents[row]) }

  /// The value of a fact that was supplied.
  package func content(of mark: FactMark, in line: LineText) -> Content {
    let column = columns.facts[Int(mark.fact)]
    let row = Int(mark.row)
    switch columns.plan.facts[Int(mark.fact)].content {
    case .scalar(let kind, _): return content(kind, column, row, line)
    case .list(let table, let kind, _):
      return .other(
        .list(List(columns.items(table, of: row).map { Self.value(content(kind, column, $0, line)) })))
    case .items: return .other(.list(List([])))
    case .value: return .other(columns.whole(mark.fact, row))
    case .nested: return .other(.null)
    }
  }

  private func content(_ kind: Layout.Kind, _ column: ExplainedColumns.Column, _ row: Int, _ line: LineText) -> Content
  {
    switch kind {
    case .truth: .truth(column.states[row] == Cell.yes)
    case .number: .number(column.values[row])
    case .date: .day(column.values[row])
    case .text: .text(line.text(column.values[row]))
    default: .other(Machine.value(column.values[row], kind) ?? .null)
    }
  }

  private static func value(_ content: Content) -> Value {
    switch content {
    case .truth(let truth): .boolean(truth)
    case .number(let whole): Machine.value(whole, .number) ?? .null
    case .day(let day): Machine.value(day, .date) ?? .null
    case .text(let text): .string(String(decoding: text, as: UTF8.self))
    case .other(let value): value
    }
  }

  // MARK: Words

  /// The path of an item from the record's root; empty for the record itself.
  private func path(of table: Int, _ row: Int, in line: LineText) -> String {
    guard table > 0 else { return "" }
    let list = columns.plan.facts[Int(columns.plan.listFacts[table])]
    let key =
      switch key(of: table, row, in: line) {
      case .position(let position): String(position)
      case .text(let text): String(decoding: text, as: UTF8.self)
      case .other(let key): key
      }
    return path(list, parent(of: row, in: table), in: line) + "[" + key + "]"
  }

  private func path(_ fact: ExplainedFact, _ row: Int, in line: LineText) -> String {
    let outer = path(of: fact.table, row, in: line)
    return (outer.isEmpty ? "" : outer + ".") + fact.names.joined(separator: ".")
  }

  /// A row of a table as a subject; nil where the record says otherwise than columns.
  func subject(_ table: Int, _ row: Int, record: String) -> Subject? {
    if table == 0 { return Subject(record: record) }
    switch origin {
    case .line(let line, _):
      let key =
        switch key(of: table, row, in: line) {
        case .position(let position): String(position)
        case .text(let text): String(decoding: text, as: UTF8.self)
        case .other(let key): key
        }
      return Subject(record: record, item: path(of: table, row, in: line), itemKey: key)
    case .record(let facts):
      guard let node = facts.context(table, row)?.facts, case .item(_, let index, let own) = node.step else {
        return nil
      }
      return Subject(record: record, item: node.path, itemKey: own ?? String(index + 1))
    }
  }

  /// The value of a fact that was supplied; nil where the record says otherwise than columns.
  func value(_ mark: FactMark) -> Value? {
    switch origin {
    case .line(let line, _): return Self.value(content(of: mark, in: line))
    case .record(let facts):
      guard let value = facts.find(mark)?.value, !value.isUnknown else { return nil }
      return value
    }
  }

  /// A fact as evidence; nil where the record says otherwise than columns.
  func evidence(_ mark: FactMark, _ book: RuleBook, showsSensitive: Bool) -> Evidence? {
    let fact = columns.plan.facts[Int(mark.fact)]
    guard let value = value(mark) else { return nil }
    let caption = book.vocabulary.caption(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    var evidence = Evidence(
      path: "", label: caption?.label ?? member.name, value: member.isSensitive && !showsSensitive ? nil : value,
      unit: caption?.unit, place: nil)
    switch origin {
    case .line(let line, let file):
      evidence.path = path(fact, Int(mark.row), in: line)
      evidence.place = Place(file: file, line: line.line)
    case .record(let facts):
      guard let found = facts.find(mark)?.fact else { return nil }
      (evidence.path, evidence.place) = (found.path, found.place)
    }
    return evidence
  }

  /// A fact as one that is missing; nil where the record says otherwise than columns.
  func missing(_ mark: FactMark, _ book: RuleBook) -> MissingFact? {
    let fact = columns.plan.facts[Int(mark.fact)]
    let label =
      book.vocabulary.caption(of: fact.member, in: fact.owner)?.label ?? fact.owner.members[fact.member].name
    switch origin {
    case .line(let line, let file):
      return MissingFact(
        path: path(fact, Int(mark.row), in: line), label: label, absence: .absent,
        place: Place(file: file, line: line.line))
    case .record(let facts):
      guard let (found, value) = facts.find(mark), value == nil else { return nil }
      return MissingFact(path: found.path, label: label, absence: found.absence, place: found.place)
    }
  }

  /// A message or a remedy; nil where the record says otherwise than columns.
  func text(_ segments: [GroundsPlan.Segment], from table: Int, _ row: Int) -> String? {
    if segments.count == 1, case .text(let text) = segments[0] { return text }
    var text = ""
    for segment in segments {
      switch segment {
      case .text(let plain): text += plain
      case .sensitive: text += Self.withheld
      case .fact(let fact, let climb):
        let mark = FactMark(fact: fact, row: Int32(truncatingIfNeeded: columns.climb(climb, from: table, row)))
        guard let value = value(mark) else { return nil }
        text += value.description
      case .scalar(let register, let climb, let kind):
        guard let number = columns.number(register, columns.climb(climb, from: table, row)),
          let value = Machine.value(number, kind)
        else { return nil }
        text += value.description
      }
    }
    return text
  }

  /// What the requirements say that are not met, each text once.
  ///
  /// - Parameter saying: a requirement's message, or its remedy.
  package func texts(
    _ saying: KeyPath<GroundsPlan.Requirement, [GroundsPlan.Segment]?>, of finding: FindingOutline,
    _ marks: RecordOutline.Marks
  ) -> [String] {
    guard let rule = columns.plan.rules[finding.rule] else { return [] }
    var texts: [String] = []
    for number in finding.unmet.indices {
      guard let segments = rule.requirements[marks.unmet[number]][keyPath: saying],
        let text = text(segments, from: finding.table, finding.row), !texts.contains(text)
      else { continue }
      texts.append(text)
    }
    return texts
  }

  /// What stands in a message for what may not be shown.
  package static var withheld: String { "[withheld]" }
}
