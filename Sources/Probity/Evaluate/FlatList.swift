/// Elements one after the other, in memory that is kept when they are taken away.
struct FlatList<Element: BitwiseCopyable>: ~Copyable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 32) {
    self.capacity = max(1, capacity)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  /// - Parameter index: below the count.
  @inline(__always)
  subscript(index: Int) -> Element {
    assert(index >= 0 && index < count, "an element that is there")
    return start[index]
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (start + count).initialize(to: element)
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
    capacity *= 2
  }

  mutating func insert(_ element: Element, at index: Int) {
    append(element)
    for place in stride(from: count - 1, to: index, by: -1) { start[place] = start[place - 1] }
    start[index] = element
  }

  @inline(__always)
  mutating func removeAll() { count = 0 }

  /// Takes away what was appended after so many.
  @inline(__always)
  mutating func removeAll(after count: Int) { self.count = min(self.count, count) }

  /// Whether an element is among those from one on.
  @inline(__always)
  func contains(_ element: Element, from first: Int) -> Bool where Element: Equatable {
    var index = first
    while index < count {
      if start[index] == element { return true }
      index &+= 1
    }
    return false
  }

  /// Those from one on, until another is added.
  func slice(from first: Int) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(start: start + first, count: count - first)
  }
}
