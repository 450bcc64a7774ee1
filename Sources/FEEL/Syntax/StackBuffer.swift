/// Elements one after the other, in memory that is lent, mostly on the stack; where there are more than it has room for, in
/// memory of their own.
struct StackBuffer<Element: BitwiseCopyable>: ~Copyable {
  private var elements: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0
  private var isOwn = false

  /// Memory that is not initialised, for one buffer that ends before it.
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
    // Some room there is: an element is less than a kilobyte.
    elements = room.memory.baseAddress ?? .allocate(capacity: 0)
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

  mutating func removeLast(to newCount: Int) { count = newCount }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count, "there is no such element")
      return elements[index]
    }
    set { elements[index] = newValue }
  }

  /// Calls `body` with all of them.
  @inline(__always)
  borrowing func withAll<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
    body(UnsafeBufferPointer(start: elements, count: count))
  }
}
