import CAllocationCount

/// How measurements are made: each is the median of several rounds, and what is compared takes turns within a round.
enum Measurement {
  /// Nanoseconds that one call takes, from as many calls as fill the given time.
  ///
  /// What is measured lies in another module and is not inlinable, so that no call can be optimised away.
  static func nanoseconds(for time: Duration, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    var calls = 1
    while true {
      let elapsed = clock.measure { for _ in 0..<calls { body() } }
      if elapsed >= time { return elapsed / .nanoseconds(1) / Double(calls) }
      // The first guesses are short ones, so aim a little beyond and grow by no more than tenfold.
      let factor = elapsed > .zero ? min(1.2 * (time / elapsed), 10) : 10
      calls = max(calls + 1, Int(Double(calls) * factor))
    }
  }

  /// Blocks that one call takes from the heap, nil where they cannot be counted.
  static func allocations(_ body: () -> Void) -> Int? {
    guard allocations_are_counted() else { return nil }
    // What is allocated once, caches and lazily made tables, is none of the call's.
    body()
    let before = allocation_count()
    body()
    return Int(allocation_count() - before)
  }

  /// What does not depend on how busy the machine is, of one call that says how many steps it took.
  static func costs(_ body: () -> Int) -> [(name: String, count: Int)] {
    _ = body()
    let (blocks, bytes) = (allocation_count(), allocated_bytes())
    let steps = body()
    let costs = [("steps", steps)]
    guard allocations_are_counted() else { return costs }
    return costs + [
      ("allocations", Int(allocation_count() - blocks)), ("bytes allocated", Int(allocated_bytes() - bytes)),
    ]
  }

  /// The median of what each body gives in each of the rounds, the bodies taking turns.
  static func medians(rounds: Int, for time: Duration, _ bodies: [() -> Void]) -> [Double] {
    var samples = [[Double]](repeating: [], count: bodies.count)
    for _ in 0..<rounds {
      for (index, body) in bodies.enumerated() { samples[index].append(nanoseconds(for: time, body)) }
    }
    return samples.map(median)
  }

  static func median(_ samples: [Double]) -> Double {
    let sorted = samples.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
