import Diagnostics
import FEEL
import Probity

/// Finds single facts of a record that was read into columns, from its tokens.
///
/// An object is gone through once, for where the values of its keys start; what lies within those that nobody asks for is
/// passed over.
final class LineFacts: FactFinder {
  /// An object that was gone through.
  private struct Object {
    var node: FactNode
    /// Which type of object, in the plan.
    var plan: Int
    /// Where the tokens of its members' values begin in ``values``; 0 stands for a member that is not there.
    var firstValue: Int
    /// What it was reached by.
    var parent: Int
    var member: Int
    var item: Int
  }

  /// The items of a list that was gone through.
  private struct Items {
    var object: Int
    var member: Int
    /// Where the items' tokens begin in ``items``.
    var first: Int
    var count: Int
  }

  private let walk: FactWalk
  private var objects: [Object] = []
  private var values: [Int] = []
  private var lists: [Items] = []
  private var items: [Int] = []

  /// - Parameter token: with which the record starts.
  init(_ walk: FactWalk, _ token: Int, key: String, place: Place?) {
    self.walk = walk
    walk.begin()
    _ = open(0, token, parent: -1, member: -1, item: -1, outer: nil, .record(key: key), place: place)
  }

  func node(of context: Int) -> FactNode? { objects[context].node }

  func fact(_ path: [Int], in context: Int) -> (fact: Fact, value: Value?)? {
    guard let member = path.last, let (owner, missing) = owner(of: path, in: context) else { return nil }
    if let missing { return (missing, nil) }
    let fact = Fact(node: objects[owner].node, member: member)
    let token = values[objects[owner].firstValue + member]
    guard token > 0 else { return (fact, nil) }
    guard let entry = walk.entry(of: member, in: objects[owner].plan) else { return nil }
    return (fact, walk.value(entry, token, of: member, node: objects[owner].node).value)
  }

  func item(_ index: Int, of list: [Int], in context: Int) -> Int? {
    guard let member = list.last, let (owner, missing) = owner(of: list, in: context), missing == nil,
      let entry = walk.entry(of: member, in: objects[owner].plan), let inner = walk.items(entry)
    else { return nil }
    let found = items(of: member, in: owner)
    guard index < found.count else { return nil }
    if let known = known(owner, member, index) { return known }
    let token = items[found.first + index]
    let node = objects[owner].node
    return open(
      inner, token, parent: owner, member: member, item: index, outer: node,
      .item(list: node.type.members[member].name, index: index, key: walk.keyOfItem(inner, token)), place: nil)
  }

  // MARK: Objects

  /// The object that the last member of a path is one of, or the fact on the way to it that is missing.
  private func owner(of path: [Int], in context: Int) -> (owner: Int, missing: Fact?)? {
    var owner = context
    for member in path.dropLast() {
      let token = values[objects[owner].firstValue + member]
      guard token > 0 else { return (owner, Fact(node: objects[owner].node, member: member)) }
      if let known = known(owner, member, -1) {
        owner = known
        continue
      }
      guard let entry = walk.entry(of: member, in: objects[owner].plan), let inner = walk.nested(entry) else {
        return nil
      }
      let node = objects[owner].node
      owner = open(
        inner, token, parent: owner, member: member, item: -1, outer: node,
        .member(node.type.members[member].name), place: nil)
    }
    return (owner, nil)
  }

  private func known(_ parent: Int, _ member: Int, _ item: Int) -> Int? {
    objects.firstIndex { $0.parent == parent && $0.member == member && $0.item == item }
  }

  private func open(
    _ plan: Int, _ token: Int, parent: Int, member: Int, item: Int, outer: FactNode?, _ step: FactNode.Step,
    place: Place?
  ) -> Int {
    let type = walk.type(of: plan)
    let firstValue = values.count
    values.append(contentsOf: repeatElement(0, count: type.members.count))
    walk.forEachMember(of: plan, token) { member, token in values[firstValue + member] = token }
    objects.append(
      Object(
        node: FactNode(parent: outer, step: step, type: type, place: place), plan: plan, firstValue: firstValue,
        parent: parent, member: member, item: item))
    return objects.count - 1
  }

  private func items(of member: Int, in object: Int) -> Items {
    if let known = lists.first(where: { $0.object == object && $0.member == member }) { return known }
    let first = items.count
    let token = values[objects[object].firstValue + member]
    if token > 0 { walk.forEachItem(token) { items.append($0) } }
    let found = Items(object: object, member: member, first: first, count: items.count - first)
    lists.append(found)
    return found
  }
}
