import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A value that several threads work on, one at a time, and that they can wait on to change.
final class Monitor<State>: @unchecked Sendable {
  // Every use of `state` is between `lock` and `unlock` of the mutex, which is what makes this Sendable.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init(_ state: State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes the value, and wakes who waits for that.
  func change<Result>(_ body: (inout State) -> Result) -> Result {
    lock()
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Asks `body`, again after each change, until it has an answer. Where it has one, what it did to the value wakes who
  /// waits, too.
  func wait<Result>(for body: (inout State) -> Result?) -> Result {
    lock()
    defer { pthread_mutex_unlock(mutex) }
    var patience = Self.patience
    while true {
      if let result = body(&state) {
        pthread_cond_broadcast(condition)
        return result
      }
      if patience > 0 {
        patience -= 1
        pthread_mutex_unlock(mutex)
        sched_yield()
        lock()
      } else {
        pthread_cond_wait(condition, mutex)
      }
    }
  }

  private func lock() {
    for _ in 0..<Self.patience {
      if pthread_mutex_trylock(mutex) == 0 { return }
      sched_yield()
    }
    pthread_mutex_lock(mutex)
  }

  /// How often who waits asks again before it sleeps: most waits are shorter than it takes to be woken.
  private static var patience: Int { 200 }
}

/// Threads of the system: the language's own tasks must not block, and these wait for one another.
enum Threads {
  /// How many the machine runs at a time, of this process.
  static var available: Int { ProcessInfo.processInfo.activeProcessorCount }

  private final class Work {
    let body: @Sendable (Int) -> Void
    let number: Int

    init(_ body: @escaping @Sendable (Int) -> Void, _ number: Int) {
      self.body = body
      self.number = number
    }
  }

  /// Runs `body` on that many threads, this one among them, each with a number from 0, and returns when all have come
  /// back from it. Where the system gives fewer threads, the work is left to those there are.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var threads: [pthread_t] = []
    for number in 1..<max(1, count) {
      #if canImport(Darwin)
        var thread: pthread_t?
      #else
        var thread = pthread_t()
      #endif
      let work = Unmanaged.passRetained(Work(body, number)).toOpaque()
      let failure = pthread_create(&thread, nil, Self.enter, work)
      if failure != 0 {
        Unmanaged<Work>.fromOpaque(work).release()
        break
      }
      #if canImport(Darwin)
        if let thread { threads.append(thread) }
      #else
        threads.append(thread)
      #endif
    }
    body(0)
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `body` once with each number below `count`, on that many threads, and returns when all are done.
  static func forEach(of count: Int, on threads: Int, _ body: @Sendable (Int) -> Void) {
    let taken = Counter()
    withoutActuallyEscaping(body) { body in
      run(min(threads, count)) { _ in
        while let index = taken.next(below: count) { body(index) }
      }
    }
  }

  private final class Counter: Sendable {
    private let number = Atomic(0)

    func next(below count: Int) -> Int? {
      let next = number.wrappingAdd(1, ordering: .relaxed).oldValue
      return next < count ? next : nil
    }
  }

  #if canImport(Darwin)
    private static let enter: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { work in
      let work = Unmanaged<Work>.fromOpaque(work).takeRetainedValue()
      work.body(work.number)
      return nil
    }
  #else
    private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
      if let work {
        let work = Unmanaged<Work>.fromOpaque(work).takeRetainedValue()
        work.body(work.number)
      }
      return nil
    }
  #endif
}
