import Diagnostics
import FEEL

/// Reads expressions from a console and shows their values, until the user has had enough.
struct Prompt {
  private var evaluation: Evaluation
  private let renderer: TextRenderer
  private var editor = LineEditor()
  private var decoder = KeyDecoder()
  /// Typed, and not yet looked at.
  private var typed: ArraySlice<UInt8> = []

  private static let first = "feel> "
  private static let further = "  ... "

  private static let help = """
    Type a FEEL expression to see its value. One that is not finished goes on on the next line; an empty line ends it.

      :type EXPR        show the type of an expression
      :let NAME EXPR    give a name the value of an expression
      :context FILE     give names the values of a JSON or YAML object's entries
      :help             show this
      :quit             leave; so does Ctrl-D on an empty line

    A name of several words stands in double quotation marks: :let "full time" 37.5
    Ctrl-C drops what was typed. Up and down bring back earlier lines.

    """

  init(_ evaluation: Evaluation, showsColour: Bool) {
    self.evaluation = evaluation
    renderer = TextRenderer(colour: showsColour)
  }

  mutating func run(on console: inout some Console) {
    console.write("FEEL as Probity has it. :help says what to type, :quit leaves.\n")
    while let text = read(from: &console) {
      guard let answer = answer(to: text) else { return }
      console.write(answer)
    }
  }

  // MARK: Reading

  /// All the lines of one expression or command; nil when the user leaves.
  private mutating func read(from console: inout some Console) -> String? {
    var text = ""
    while true {
      switch line(after: text.isEmpty ? Self.first : Self.further, from: &console) {
      case .line(let line):
        editor.remember(line)
        if line.allSatisfy(\.isWhitespace) { return text }
        text += text.isEmpty ? line : "\n" + line
        if !evaluation.isUnfinished(expression(in: text)) { return text }
      case .interrupted, .editing: text = ""
      case .ended: return nil
      }
    }
  }

  /// The part of an input that is FEEL.
  private func expression(in text: String) -> String {
    switch Command(text) {
    case .evaluate(let text), .type(let text), .bind(_, let text): text
    default: ""
    }
  }

  private mutating func line(after prompt: String, from console: inout some Console) -> LineEditor.Result {
    editor.begin()
    return console.unbuffered { console in
      while true {
        if typed.isEmpty {
          // Only when there is nothing more to look at: what is pasted comes in one piece.
          console.write(editor.drawing(after: prompt, columns: console.columns))
          typed = console.read()[...]
        }
        guard let byte = typed.popFirst() else {
          console.write("\n")
          return .ended
        }
        guard let key = decoder.key(byte) else { continue }
        if key == .clear { console.write("\u{1B}[H\u{1B}[2J") }
        let result = editor.press(key)
        guard result != .editing else { continue }
        if case .line = result { console.write(editor.drawing(after: prompt, columns: console.columns)) }
        console.write(result == .interrupted ? "^C\n" : "\n")
        return result
      }
    }
  }

  // MARK: Answering

  private enum Command {
    case evaluate(String)
    case type(String)
    case bind(name: String, String)
    case context(String)
    case help, quit, nothing
    case mistaken(String)

    private static let words = [":type", ":let", ":context", ":help", ":quit"]

    init(_ text: String) {
      let text = text.trimmed
      guard text.first == ":" else {
        self = text.isEmpty ? .nothing : .evaluate(text)
        return
      }
      let word = text.prefix { !$0.isWhitespace }
      let rest = text.dropFirst(word.count).trimmed
      switch word {
      case ":type": self = rest.isEmpty ? .mistaken(":type is followed by an expression") : .type(rest)
      case ":let": self = Self.binding(rest) ?? .mistaken(":let is followed by a name and an expression")
      case ":context": self = rest.isEmpty ? .mistaken(":context is followed by a file") : .context(rest)
      case ":help", ":h", ":?": self = .help
      case ":quit", ":q", ":exit": self = .quit
      default:
        let nearest = NearMiss.nearest(to: String(word), among: Self.words).map { "did you mean \($0)? " } ?? ""
        self = .mistaken("there is no command \(word); \(nearest):help lists those there are")
      }
    }

    private static func binding(_ text: String) -> Command? {
      let name: Substring
      let rest: Substring
      if text.first == "\"", let close = text.dropFirst().firstIndex(of: "\"") {
        name = text[text.index(after: text.startIndex)..<close]
        rest = text[text.index(after: close)...]
      } else {
        name = text.prefix { !$0.isWhitespace }
        rest = text.dropFirst(name.count)
      }
      let expression = rest.trimmed
      return name.allSatisfy(\.isWhitespace) || expression.isEmpty ? nil : .bind(name: String(name), expression)
    }
  }

  /// What to show for an input; nil to leave.
  mutating func answer(to text: String) -> String? {
    switch Command(text) {
    case .nothing: return ""
    case .quit: return nil
    case .help: return Self.help
    case .mistaken(let advice): return advice + "\n"
    case .evaluate(let text):
      let outcome = evaluation.evaluate(text)
      return render(outcome.complaint) + (outcome.value.map { $0.literal + "\n" } ?? "")
    case .type(let text):
      let (type, complaint) = evaluation.type(of: text)
      return render(complaint) + (type.map { "\($0)\n" } ?? "")
    case .bind(let name, let text):
      guard evaluation.isName(name) else { return "`\(name)` is not a name that FEEL could find\n" }
      let outcome = evaluation.evaluate(text)
      guard let value = outcome.value else { return render(outcome.complaint) }
      evaluation.bind([(name, value)])
      return render(outcome.complaint) + "\(name) is \(value.literal)\n"
    case .context(let path):
      let (entries, problems) = Evaluation.entries(of: path)
      evaluation.bind(entries ?? [])
      return render(problems) + (entries.map { "Names: \($0.map(\.name).joined(separator: ", "))\n" } ?? "")
    }
  }

  private func render(_ complaint: Complaint) -> String {
    renderer.render(complaint.diagnostics, complaint.sources)
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
