/// Looks for a pattern in one text, and keeps count of what that takes.
struct RegularExpressionMatcher {
  /// The steps allowed are used up: the pattern takes too long on this text.
  struct Exhausted: Error {}

  /// What a matcher works in, which another may use after it.
  struct Memory {
    fileprivate var text: [Unicode.Scalar] = []
    /// A bit for each instruction at each place: a state that has been tried and failed fails again. All are 0 but those
    /// of `touched`.
    fileprivate var visited: [UInt64] = []
    /// The words of `visited` that are not 0.
    fileprivate var touched: [Int] = []
    fileprivate var slots: [Int] = []
    /// What is still to be tried: a state as (instruction, place), or a slot to be set back as (-1 - slot, value).
    fileprivate var stack: [(Int, Int)] = []

    /// More than this is not kept.
    private static let limit = 1 << 14

    fileprivate mutating func forget() {
      for word in touched { visited[word] = 0 }
      touched.removeAll(keepingCapacity: true)
    }

    fileprivate var isLarge: Bool { visited.count + text.count + stack.count > Self.limit }
  }

  private let pattern: RegularExpression
  private var memory: Memory
  var text: [Unicode.Scalar] { memory.text }
  /// How many groups the pattern has.
  var groups: Int { pattern.groups }
  /// Steps taken so far.
  private(set) var steps = 0
  private let limit: Int

  /// Nil where text and pattern together are too large; the memory is then as it was.
  init?(_ pattern: RegularExpression, text: String, in memory: inout Memory) {
    self.pattern = pattern
    limit =
      pattern.hasBackReferences
      ? RegularExpression.stepLimitWithBackReferences : RegularExpression.stepLimit
    // Of ASCII each byte is a scalar.
    let isASCII = text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 } } ?? false
    let length = isASCII ? text.utf8.count : text.unicodeScalars.count
    let (bits, overflow) = pattern.program.count.multipliedReportingOverflow(by: length + 1)
    guard !overflow, bits / 64 <= RegularExpression.stepLimit else { return nil }
    self.memory = Memory()
    swap(&self.memory, &memory)
    self.memory.text.removeAll(keepingCapacity: true)
    if isASCII {
      text.utf8.withContiguousStorageIfAvailable { bytes in
        self.memory.text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
      }
    } else {
      self.memory.text.append(contentsOf: text.unicodeScalars)
    }
    // What they hold is set before each search.
    if self.memory.slots.count != pattern.slots { self.memory.slots = [Int](repeating: -1, count: pattern.slots) }
    if !pattern.hasBackReferences {
      let words = bits / 64 + 1
      while self.memory.visited.count < words { self.memory.visited.append(0) }
      steps = words / 64
    }
  }

  /// Gives the memory back, unless a long text took much of it.
  mutating func finish(_ memory: inout Memory) {
    self.memory.forget()
    if !self.memory.isLarge { swap(&self.memory, &memory) }
  }

  /// The groups of a match, the whole first; nil for a group that takes no part.
  typealias Match = [Range<Int>?]

  /// The first match that begins at a place or after it.
  mutating func firstMatch(from start: Int) throws(Exhausted) -> Match? {
    guard try matches(from: start) else { return nil }
    return (0...pattern.groups).map { group in
      let (from, to) = (memory.slots[2 * group], memory.slots[2 * group + 1])
      return from >= 0 && to >= from ? from..<to : nil
    }
  }

  /// Whether there is a match that begins at a place or after it.
  mutating func matches(from start: Int) throws(Exhausted) -> Bool {
    memory.forget()
    // A place that fails leaves the slots as they were.
    for index in memory.slots.indices { memory.slots[index] = -1 }
    steps += memory.slots.count
    guard start <= memory.text.count else { return false }
    for place in start...memory.text.count {
      if try matches(at: place) { return true }
    }
    return false
  }

  /// Whether a state is tried for the first time.
  private mutating func isNew(_ instruction: Int, _ place: Int) -> Bool {
    guard !pattern.hasBackReferences else { return true }
    let bit = instruction * (memory.text.count + 1) + place
    let mask: UInt64 = 1 << UInt64(bit % 64)
    let word = memory.visited[bit / 64]
    guard word & mask == 0 else { return false }
    if word == 0 { memory.touched.append(bit / 64) }
    memory.visited[bit / 64] = word | mask
    return true
  }

  private mutating func matches(at start: Int) throws(Exhausted) -> Bool {
    memory.stack.removeAll(keepingCapacity: true)
    memory.stack.append((0, start))
    while let (first, second) = memory.stack.popLast() {
      if first < 0 {
        memory.slots[-1 - first] = second
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
        guard place < memory.text.count, memory.text[place] == scalar else { return false }
        place += 1
      case .foldedCharacter(let scalar):
        guard place < memory.text.count, memory.text[place].folded == scalar else { return false }
        place += 1
      case .set(let set):
        guard place < memory.text.count, pattern.sets[set].holds(memory.text[place]) else { return false }
        place += 1
      case .asciiSet(let ascii, let set):
        guard place < memory.text.count else { return false }
        guard ascii.holds(memory.text[place]) ?? pattern.sets[set].holds(memory.text[place]) else { return false }
        place += 1
      case .any(let lineEnds):
        guard place < memory.text.count, lineEnds || (memory.text[place] != "\n" && memory.text[place] != "\r") else {
          return false
        }
        place += 1
      case .lineStart(let multiline):
        guard place == 0 || multiline && place < memory.text.count && memory.text[place - 1] == "\n" else {
          return false
        }
      case .lineEnd(let multiline):
        guard place == memory.text.count || multiline && memory.text[place] == "\n" else { return false }
      case .split(let preferred, let other):
        memory.stack.append((other, place))
        instruction = preferred
        continue
      case .jump(let target):
        instruction = target
        continue
      case .save(let slot):
        memory.stack.append((-1 - slot, memory.slots[slot]))
        memory.slots[slot] = place
      case .progress(let slot):
        guard place > memory.slots[slot] else { return false }
      case .backReference(let group, let folded):
        let (from, to) = (memory.slots[2 * group], memory.slots[2 * group + 1])
        // A group that takes no part matches nothing, which is there everywhere.
        guard from >= 0, to >= from else { break }
        guard to - from <= memory.text.count - place else { return false }
        steps += to - from
        for offset in 0..<to - from {
          let (a, b) = (memory.text[from + offset], memory.text[place + offset])
          guard a == b || folded && a.folded == b.folded else { return false }
        }
        place += to - from
      }
      instruction += 1
    }
  }
}
