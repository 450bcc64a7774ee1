import Synchronization

/// Machines that are not at work, so that each thread finds one whose memory its processor has at hand.
final class MachinePool: Sendable {
  private let program: Program
  /// By the number of the thread.
  private let idle = Mutex<[Int: [Machine]]>([:])

  init(_ program: Program) { self.program = program }

  /// Runs the program over a batch.
  func run(_ batch: Batch, thread: Int) -> ProgramOutcomes {
    let machine = idle.withLock { $0[thread]?.popLast() } ?? Machine(program)
    defer { idle.withLock { $0[thread, default: []].append(machine) } }
    return machine.run(batch)
  }
}
