/// Elements one after the other, in memory that is lent, mostly on the stack; where there are more than it has room for, in
/// memory of their own.
///
/// It is never copied and ends with the scope in which it was made, which is one that ``withRoom(_:)`` runs: nothing that can be
/// copied out of there refers to the room, but ``Room`` itself and what ``withAll(_:)`` shows, which nobody keeps.
struct StackBuffer<Element: BitwiseCopyable>: ~Copyable {
  private var elements: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0
  private var isOwn = false

  /// Memory that is not initialised, for one buffer that ends before it does: whoever is given it makes the buffer at once.
  struct Room {
    fileprivate let memory: UnsafeMutableBufferPointer<Element>
  }

  /// Calls `body` with room for a buffer.
  @inline(__always)
  static func withRoom<Result>(_ body: (Room) -> Result) -> Result {
    // More than a kilobyte would be asked of the heap.
    withUnsafeTemporaryAllocation(of: Element.self, capacity: 1024 / MemoryLayout<Element>.stride) { memory in
      body(Room(memory: memory))
    }
  }

  @inline(__always)
  init(in room: Room) {
    guard let start = room.memory.baseAddress else { preconditionFailure("an element takes less than a kilobyte") }
    elements = start
    capacity = room.memory.count
  }

  deinit { if isOwn { elements.deallocate() } }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (elements + count).initialize(to: element)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    capacity = max(2 * capacity, 16)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: elements, count: count)
    if isOwn { elements.deallocate() }
    elements = larger
    isOwn = true
  }

  /// Removes all but the first.
  mutating func removeLast(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count, "there are fewer elements")
    count = newCount
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "there is no such element")
      return elements[index]
    }
    set {
      precondition(index >= 0 && index < count, "there is no such element")
      elements[index] = newValue
    }
  }

  /// Calls `body` with all of them, which stay where they are until it ends: nothing is appended meanwhile.
  @inline(__always)
  borrowing func withAll<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
    body(UnsafeBufferPointer(start: elements, count: count))
  }
}
