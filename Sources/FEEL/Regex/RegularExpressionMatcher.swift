/// Looks for a pattern in one text, and keeps count of what that takes.
struct RegularExpressionMatcher {
  /// The steps allowed are used up: the pattern takes too long on this text.
  struct Exhausted: Error {}

  private let pattern: RegularExpression
  let text: [Unicode.Scalar]
  /// How many groups the pattern has.
  var groups: Int { pattern.groups }
  /// Steps taken so far.
  private(set) var steps = 0
  private let limit: Int
  /// A bit for each instruction at each place: a state that has been tried and failed fails again.
  private var visited: [UInt64]
  /// The words of `visited` that are not 0.
  private var touched: [Int] = []
  private var slots: [Int]
  /// What is still to be tried: a state as (instruction, place), or a slot to be set back as (-1 - slot, value).
  private var stack: [(Int, Int)] = []

  /// Nil where text and pattern together are too large.
  init?(_ pattern: RegularExpression, text: String) {
    self.pattern = pattern
    self.text = Array(text.unicodeScalars)
    limit =
      pattern.hasBackReferences
      ? RegularExpression.stepLimitWithBackReferences : RegularExpression.stepLimit
    slots = [Int](repeating: -1, count: pattern.slots)
    let (bits, overflow) = pattern.program.count.multipliedReportingOverflow(by: self.text.count + 1)
    guard !overflow, bits / 64 <= RegularExpression.stepLimit else { return nil }
    visited = pattern.hasBackReferences ? [] : [UInt64](repeating: 0, count: bits / 64 + 1)
    steps = visited.count / 64
  }

  /// The groups of a match, the whole first; nil for a group that takes no part.
  typealias Match = [Range<Int>?]

  /// The first match that begins at a place or after it.
  mutating func firstMatch(from start: Int) throws(Exhausted) -> Match? {
    for word in touched { visited[word] = 0 }
    touched.removeAll(keepingCapacity: true)
    // A place that fails leaves the slots as they were.
    for index in slots.indices { slots[index] = -1 }
    steps += slots.count
    guard start <= text.count else { return nil }
    for place in start...text.count {
      if try matches(at: place) {
        return (0...pattern.groups).map { group in
          let (from, to) = (slots[2 * group], slots[2 * group + 1])
          return from >= 0 && to >= from ? from..<to : nil
        }
      }
    }
    return nil
  }

  /// Whether a state is tried for the first time.
  private mutating func isNew(_ instruction: Int, _ place: Int) -> Bool {
    guard !pattern.hasBackReferences else { return true }
    let bit = instruction * (text.count + 1) + place
    let mask: UInt64 = 1 << UInt64(bit % 64)
    let word = visited[bit / 64]
    guard word & mask == 0 else { return false }
    if word == 0 { touched.append(bit / 64) }
    visited[bit / 64] = word | mask
    return true
  }

  private mutating func matches(at start: Int) throws(Exhausted) -> Bool {
    stack.removeAll(keepingCapacity: true)
    stack.append((0, start))
    while let (first, second) = stack.popLast() {
      if first < 0 {
        slots[-1 - first] = second
      } else if try run(from: first, at: second) {
        return true
      }
    }
    return false
  }

  /// Runs until the pattern matches or this way of matching it fails.
  private mutating func run(from first: Int, at start: Int) throws(Exhausted) -> Bool {
    var (instruction, place) = (first, start)
    while true {
      steps += 1
      guard steps <= limit else { throw Exhausted() }
      guard isNew(instruction, place) else { return false }
      switch pattern.program[instruction] {
      case .match: return true
      case .character(let scalar):
        guard place < text.count, text[place] == scalar else { return false }
        place += 1
      case .foldedCharacter(let scalar):
        guard place < text.count, text[place].folded == scalar else { return false }
        place += 1
      case .set(let set):
        guard place < text.count, set.holds(text[place]) else { return false }
        place += 1
      case .any(let lineEnds):
        guard place < text.count, lineEnds || (text[place] != "\n" && text[place] != "\r") else { return false }
        place += 1
      case .lineStart(let multiline):
        guard place == 0 || multiline && place < text.count && text[place - 1] == "\n" else { return false }
      case .lineEnd(let multiline):
        guard place == text.count || multiline && text[place] == "\n" else { return false }
      case .split(let preferred, let other):
        stack.append((other, place))
        instruction = preferred
        continue
      case .jump(let target):
        instruction = target
        continue
      case .save(let slot):
        stack.append((-1 - slot, slots[slot]))
        slots[slot] = place
      case .progress(let slot):
        guard place > slots[slot] else { return false }
      case .backReference(let group, let folded):
        let (from, to) = (slots[2 * group], slots[2 * group + 1])
        // A group that takes no part matches nothing, which is there everywhere.
        guard from >= 0, to >= from else { break }
        guard to - from <= text.count - place else { return false }
        steps += to - from
        for offset in 0..<to - from {
          let (a, b) = (text[from + offset], text[place + offset])
          guard a == b || folded && a.folded == b.folded else { return false }
        }
        place += to - from
      }
      instruction += 1
    }
  }
}
