import CSimdJSON
import Diagnostics
import FEEL
@_spi(Columns) import Probity

/// Texts that were made, so that the same one is not made again.
final class TextMemory {
  private let ids = TextIDs(constants: [])
  private var texts: [String] = []
  private var generation = 0

  /// A text after which ``TextIDs/padding`` bytes may be read.
  func text(_ start: UnsafePointer<UInt8>, _ length: Int) -> String {
    // Strings of up to 15 bytes hold them in place, which is quicker than to look for them.
    if length <= 15 { return String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self) }
    let id = Int(ids.id(of: start, count: length))
    if id < texts.count { return texts[id] }
    texts.append(String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self))
    return texts[id]
  }

  /// Forgets the texts where they have become too many.
  func forgetIfMany() {
    ids.forgetIfMany()
    if ids.generation != generation { (generation, texts) = (ids.generation, []) }
  }
}

/// Finds the facts of a record that was read into columns: values as the interpreter takes them.
///
/// The record is known to be right throughout, so nothing is checked again.
struct FactWalk {
  typealias Entry = ColumnWalk.Entry

  private let walk: ColumnWalk
  /// By entry of the plan, whether its fact is wanted.
  private let wanted: [Bool]
  private let memory: TextMemory

  init(_ walk: ColumnWalk, wanted: [Bool], memory: TextMemory) {
    self.walk = walk
    self.wanted = wanted
    self.memory = memory
  }

  /// The facts of the record that starts with a token.
  func record(_ token: Int, key: String, place: Place?) -> Context {
    memory.forgetIfMany()
    return object(0, token, parent: nil, step: .record(key: key), place: place).facts
  }

  private func object(
    _ index: Int, _ token: Int, parent: FactNode?, step: FactNode.Step, place: Place?
  ) -> (facts: Context, next: Int) {
    let plan = walk.plan.plans[index]
    let node = FactNode(parent: parent, step: step, type: plan.type, place: place)
    var values = [Value?](repeating: nil, count: plan.type.members.count)
    var token = token + 1
    var expected = walk.objects[index].first
    while walk.byte(token) != UInt8(ascii: "}") {
      let entry = entry(token, expected: expected, in: index)
      token += 2
      if let entry {
        expected = entry.pointee.next
        let (member, position) = (entry.pointee.member, entry.pointee.position)
        if position < wanted.count, wanted[position] {
          let found = value(entry, token, of: member, node: node)
          values[member] = found.value
          token = found.next
        } else {
          token = pass(token)
        }
      } else {
        token = pass(token)
      }
      if walk.byte(token) == UInt8(ascii: ",") { token += 1 }
    }
    return (Context(facts: node, values: values), token + 1)
  }

  /// The entry of the key at a token; nil for one that is no fact.
  private func entry(_ token: Int, expected: Entry, in object: Int) -> Entry? {
    let key = walk.offset(token)
    if ColumnPlan.matches(expected, walk.bytes + key) { return expected }
    return walk.plan.find(
      UnsafeBufferPointer(start: walk.bytes + key + 1, count: walk.textLength(key, token)), in: object)
  }

  /// The value of a fact, and the token after it.
  func value(_ entry: Entry, _ token: Int, of member: Int, node: FactNode) -> (value: Value?, next: Int) {
    switch (entry.pointee.action, walk.byte(token)) {
    case (_, UInt8(ascii: "n")): return (nil, token + 1)
    case (.nested, _):
      let (facts, next) = object(
        entry.pointee.inner, token, parent: node, step: .member(node.type.members[member].name), place: nil)
      return (.context(facts), next)
    case (.items, _): return items(entry.pointee.inner, token, of: member, node: node)
    case (.scalars, _):
      var items: [Value] = []
      var token = token + 1
      while walk.byte(token) != UInt8(ascii: "]") {
        if let item = entry.pointee.item, let value = scalar(item, token) { items.append(value) }
        token += 1
        if walk.byte(token) == UInt8(ascii: ",") { token += 1 }
      }
      return (.list(List(items)), token + 1)
    default: return (scalar(entry, token), token + 1)
    }
  }

  private func items(_ inner: Int, _ token: Int, of member: Int, node: FactNode) -> (value: Value?, next: Int) {
    let name = node.type.members[member].name
    let type = walk.plan.plans[inner].type
    let keyMember = type.key.flatMap { type.members[$0].isSensitive ? nil : $0 }
    let keyEntry = keyMember.flatMap { walk.plan.entryOfMember[inner][$0] }
    var items: [Value] = []
    var token = token + 1
    while walk.byte(token) != UInt8(ascii: "]") {
      let key = keyEntry.flatMap { self.key($0, token, in: inner) }
      let (facts, next) = object(
        inner, token, parent: node, step: .item(list: name, index: items.count, key: key), place: nil)
      items.append(.context(facts))
      token = next
      if walk.byte(token) == UInt8(ascii: ",") { token += 1 }
    }
    return (.list(List(items)), token + 1)
  }

  /// What identifies the item that starts with a token.
  private func key(_ wanted: Entry, _ token: Int, in object: Int) -> String? {
    var token = token + 1
    var expected = walk.objects[object].first
    while walk.byte(token) != UInt8(ascii: "}") {
      let found = entry(token, expected: expected, in: object)
      token += 2
      if found == wanted { return scalar(wanted, token)?.keyText }
      if let found { expected = found.pointee.next }
      token = pass(token)
      if walk.byte(token) == UInt8(ascii: ",") { token += 1 }
    }
    return nil
  }

  /// The value of a scalar; nil where it is missing.
  private func scalar(_ entry: Entry, _ token: Int) -> Value? {
    let start = walk.offset(token)
    let first = walk.bytes[start]
    guard first != UInt8(ascii: "n") else { return nil }
    switch entry.pointee.action {
    case .truth: return .boolean(first == UInt8(ascii: "t"))
    case .number: return number(start)
    case .text:
      let length = walk.textLength(start, token)
      guard length > 0 else { return nil }
      let text = walk.bytes + start + 1
      if byte_search(text, 0, length, UInt8(ascii: "\\")) == length { return .string(memory.text(text, length)) }
      let bytes = Array(UnsafeBufferPointer(start: text, count: length))
      return .string(String(decoding: JSONText.unescape(bytes[...]), as: UTF8.self))
    case .date:
      if let day = IsoDate.dayNumber(walk.bytes + start + 1) {
        return CivilDate(dayNumber: day).map { .date($0) }
      }
      return nil
    default:
      let length = walk.textLength(start, token)
      let bytes = Array(UnsafeBufferPointer(start: walk.bytes + start + 1, count: length))
      guard length > 0, case .value(let value)? = walk.plan.readers[entry.pointee.position]?.read(bytes[...]) else {
        return nil
      }
      return value
    }
  }

  private func number(_ start: Int) -> Value? {
    var index = start
    let isNegative = walk.bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var whole = 0
    while walk.bytes[index] &- UInt8(ascii: "0") <= 9 {
      whole = whole &* 10 &+ Int(walk.bytes[index] &- UInt8(ascii: "0"))
      index += 1
    }
    if walk.bytes[index] != UInt8(ascii: ".") { return .number(Number(isNegative ? -whole : whole)) }
    index += 1
    while walk.bytes[index] &- UInt8(ascii: "0") <= 9 { index += 1 }
    let text = Array(UnsafeBufferPointer(start: walk.bytes + start, count: index - start))
    return (try? ScalarReader.number(text[...])).map { .number($0) }
  }

  /// The token after a value.
  private func pass(_ token: Int) -> Int {
    var token = token
    var depth = 0
    repeat {
      switch walk.byte(token) {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      token += 1
    } while depth > 0
    return token
  }
}
