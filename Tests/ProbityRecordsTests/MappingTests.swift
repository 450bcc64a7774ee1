import Diagnostics
import FEEL
import Probity
import Testing

@testable import ProbityRecords

@Suite struct Mappings {
  /// A row of two columns, and what a mapping makes of it: the name, the mapping of the fact, the cell, the value.
  @Test(arguments: [
    FactCase("a column", "title: {column: Value}", " Ash House\u{A0}", "Ash House"),
    FactCase("a header in other letters", "title: {column: ' VALUE '}", "Ash", "Ash"),
    FactCase("one of several headers", "title: {column: [Wert, Value]}", "Ash", "Ash"),
    FactCase("a missing word", "title: {column: Value, missing: ['', N/A]}", "n/a", "?absent"),
    FactCase("a redacted word", "title: {column: Value, redacted: REDACTED}", "Redacted", "?redacted"),
    FactCase("a default", "beds: {column: Value, default: 0}", "", "0"),
    FactCase("a default that is not needed", "beds: {column: Value, default: 0}", "4", "4"),
    FactCase("a constant", "title: {constant: Ash}", "", "Ash"),
    FactCase("the row's number", "beds: {row: true}", "", "1"),
    FactCase("two columns", "title: {columns: [Key, Value], join: ' / '}", "Ash", "P-1 / Ash"),
    FactCase("two columns of which one is empty", "title: {columns: [Value, Key]}", " ", "P-1"),
    FactCase("words", "open: {column: Value, yes: [Yes, Y], no: No}", "yes", "true"),
    FactCase(
      "a word that is none", "open: {column: Value, yes: [Yes, Y], no: No}", "Noo", "?unreadable Noo",
      "DATA432 r.csv, line 3, column \"Value\": fact `open`: `Noo` is not true or false"),
    FactCase("values", "title: {column: Value, values: {A: Ash, B: Beech}}", "b", "Beech"),
    FactCase("a value that is not listed", "title: {column: Value, values: {A: Ash}}", "C", "C"),
    FactCase(
      "a value that is refused", "title: {column: Value, values: {A: Ash}, unlisted: refuse}", "C", "?unreadable C",
      "`C` is not among the texts that the mapping lists"),
    FactCase("an allowed value but for its case", "registration.status: {column: Value}", "ACTIVE", "active"),
    FactCase(
      "a value that is not allowed", "registration.status: {column: Value}", "actve", "?unreadable actve",
      "is not allowed: active, closed"),
    FactCase("a date", "opened: {column: Value, dates: [yyyy-MM-dd, dd/MM/yyyy]}", "30/06/2026", "2026-06-30"),
    FactCase(
      "a day that is not", "opened: {column: Value, dates: [dd/MM/yyyy]}", "31/06/2026", "?unreadable 31/06/2026",
      "`31/06/2026` is not a date"),
    FactCase(
      "a date with a time", "opened: {column: Value, dates: 'M/d/yyyy h:mm:ss a'}", "6/9/2026 12:00:00 AM", "2026-06-09"
    ),
    FactCase(
      "a date and time", "at: {column: Value, dates: 'dd/MMM/yyyy - HH:mm'}", "09/Jan/2018 - 07:30",
      "2018-01-09T07:30:00"),
    FactCase("a time", "from: {column: Value, times: h.mm a}", "1.05 pm", "13:05:00"),
    FactCase("a duration", "renewal: {column: Value}", "P3Y", "P3Y"),
    FactCase("an amount", "beds: {column: Value, numbers: {thousands: ',', currency: £}}", "£1,234.50", "1234.5"),
    FactCase(
      "an amount that is not grouped by threes", "beds: {column: Value, numbers: {thousands: ','}}", "12,34",
      "?unreadable 12,34", "`12,34` is not a number"),
    FactCase("a list", "services: {column: Value, split: ','}", "home care, day care,,", "[home care, day care]"),
    FactCase("a list of one", "services: {column: Value}", "home care, day care", "[home care, day care]"),
    FactCase("an empty list by default", "services: {column: Value, split: ',', default: []}", "", "[]"),
    FactCase("a list that is absent", "services: {column: Value, split: ','}", "", "?absent"),
    FactCase(
      "items of blank cells", "staff: {items: [{ref: {constant: W-1}, hours: {column: Value}}]}", " ", "?absent"),
    FactCase(
      "no items where blank cells say so",
      "staff: {default: [], items: [{ref: {constant: W-1}, hours: {column: Value}}]}", "", "[]"),
    FactCase(
      "items",
      "staff: {items: [{ref: {constant: W-1}, hours: {column: Value}}, {ref: {constant: W-2}, dbs.issued: {column: Nothing, optional: true}}]}",
      "8", "[{ref: W-1, hours: 8, name: ?absent, dbs: ?absent}]"),
  ])
  func row(_ fact: FactCase) throws {
    let path = String(fact.fact.prefix { $0 != ":" })
    let mapping = try #require(Sample.mapping("facts:\n  id: {column: Key}\n  \(fact.fact)\n"))
    let cell =
      "\"" + fact.text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    let read = ReadOut("Key,\"Value\n\"\nP-1,\(cell)\n", "r.csv", mapping: mapping)
    // A list of one text shows no brackets of its own.
    #expect(read.records.first?.fact(path) == fact.value)
    #expect(read.said.count == (fact.said == nil ? 0 : 1), "\(read.said)")
    if let said = fact.said { #expect(read.said.first?.contains(said) == true, "\(read.said)") }
  }

  static let document = """
    {"key": "P-1", "profile": {"name": "Ash", "size": 4, "since": "30/06/2026", "flags": {"a.b": "Y"}},
     "tags": ["x", "y"], "joined": "x; y", "none": null,
     "units": [{"crew": [{"ref": "W-1", "hours": "8"}, {"ref": "W-2"}]}, {"crew": []}, {"crew": [{"ref": "W-3"}]}],
     "holes": [{"ref": "x"}, {}, {"ref": null}], "half": [{"crew": [{"ref": "x"}]}, {}],
     "register": {"status": "active", "since": "2020-01-01"}, "people": [{"ref": "W-9", "hours": 7}]}
    """

  @Test(arguments: [
    FactCase("a path", "title: {path: profile.name}", "", "Ash"),
    FactCase("a number as text", "title: {path: profile.size}", "", "4"),
    FactCase("a text as date", "opened: {path: profile.since, dates: dd/MM/yyyy}", "", "2026-06-30"),
    FactCase("a quoted key", "open: {path: 'profile.flags.\"a.b\"', yes: Y, no: N}", "", "true"),
    FactCase("a null", "title: {path: none}", "", "?absent"),
    FactCase("an absent key on the way", "title: {path: nowhere.name}", "", "?absent"),
    FactCase("a default for it", "beds: {path: nowhere.beds, default: 0}", "", "0"),
    FactCase("a list", "services: {path: tags}", "", "[x, y]"),
    FactCase("a list gone through", "services: {path: 'tags[]'}", "", "[x, y]"),
    FactCase("a text that is split", "services: {path: joined, split: ;}", "", "[x, y]"),
    FactCase("lists in lists", "services: {path: 'units[].crew[].ref'}", "", "[W-1, W-2, W-3]"),
    FactCase("items without the rest", "services: {path: 'holes[].ref'}", "", "[x, ?absent, ?absent]"),
    FactCase("a list on the way that is absent", "services: {path: 'half[].crew[].ref'}", "", "?absent"),
    FactCase("a list on the way that counts as empty", "services: {path: 'half[].crew[].ref', default: []}", "", "[x]"),
    FactCase("an absent list", "services: {path: nowhere}", "", "?absent"),
    FactCase("the first path that is there", "title: {path: [nowhere.name, none, profile.name]}", "", "Ash"),
    FactCase("no path that is there", "title: {path: [nowhere.name, none], default: x}", "", "x"),
    FactCase("one text of several", "title: {path: 'units[].crew[].ref', join: ' + '}", "", "W-1 + W-2 + W-3"),
    FactCase("one text of none", "title: {path: 'nowhere[].ref', join: ', '}", "", "?absent"),
    FactCase("one value through lists", "beds: {path: 'units[].crew[].hours', single: true}", "", "8"),
    FactCase("a fallback through lists", "beds: {path: ['none[].x', 'people[].hours'], single: true}", "", "7"),
    FactCase(
      "several values where one is wanted", "title: {path: 'units[].crew[].ref', single: true}", "", "?unreadable W-1",
      "DATA435 r.json, line 3, units[].crew[].ref: fact `title`: the path leads to 3 values that differ, where one is wanted"
    ),
    FactCase(
      "a list where none is expected", "title: {path: tags}", "", "?unreadable a list",
      "DATA431 r.json, line 2, tags: fact `title`: a list is not a text"),
    FactCase(
      "a key of a list", "title: {path: tags.name}", "", "?unreadable ",
      "DATA435 r.json, line 2, tags.name: fact `title`: the path expects an object that holds `name`, and finds a list"),
    FactCase(
      "no list where one is expected", "services: {path: 'profile[].name'}", "", "?unreadable ",
      "expects a list at `profile`, and finds an object"),
    FactCase(
      "items with facts", "staff: {path: 'units[].crew[]', facts: {ref: {path: ref}, hours: {path: hours}}}", "",
      "[{ref: W-1, hours: 8, name: ?absent, dbs: ?absent}, {ref: W-2, hours: ?absent, name: ?absent, dbs: ?absent}, {ref: W-3, hours: ?absent, name: ?absent, dbs: ?absent}]"
    ),
    FactCase("items as they stand", "staff: {path: people}", "", "[{ref: W-9, hours: 7, name: ?absent, dbs: ?absent}]"),
    FactCase("a nested type as it stands", "registration: {path: register}", "", "{status: active, since: 2020-01-01}"),
    FactCase("no items by default", "staff: {path: 'nowhere[]', facts: {ref: {path: ref}}, default: []}", "", "[]"),
    FactCase("the record's number", "beds: {row: true}", "", "1"),
  ])
  func document(_ fact: FactCase) throws {
    let path = String(fact.fact.prefix { $0 != ":" })
    let mapping = try #require(Sample.mapping("facts:\n  id: {path: key}\n  \(fact.fact)\n"))
    let read = ReadOut(Self.document, "r.json", mapping: mapping)
    #expect(read.records.first?.fact(path) == fact.value)
    #expect(read.said.count == (fact.said == nil ? 0 : 1), "\(read.said)")
    if let said = fact.said { #expect(read.said.first?.contains(said) == true, "\(read.said)") }
  }

  @Test func placesOfColumnsAndPaths() throws {
    let table = try #require(
      Sample.mapping("input: {skip: 2}\nfacts: {id: {column: Ref}, registration.since: {column: 'Since  when'}}\n"))
    let row = try #require(ReadOut("Note\n\n Ref ,Since when\nP-1,\n", "r.csv", mapping: table).records.first)
    #expect(row.fact("registration.since") == "?absent")
    guard case .context(let registration)? = row.facts["registration"], let node = registration.facts else {
      return #expect(Bool(false))
    }
    #expect(Fact(node: node, member: 1).place == Place(file: "r.csv", line: 4, row: 1, column: "Since when"))

    let tree = try #require(
      Sample.mapping("facts: {id: {path: key}, staff: {path: 'units[].crew[]', facts: {ref: {path: ref}}}}\n"))
    let record = try #require(ReadOut(Self.document, "r.json", mapping: tree).records.first)
    guard case .list(let staff)? = record.facts["staff"], case .context(let worker) = staff.items[2],
      let node = worker.facts
    else { return #expect(Bool(false)) }
    #expect(Fact(node: node, member: 0).place == Place(file: "r.json", line: 3, path: "units[].crew[][3].ref"))
  }

  @Test func recordsWithinADocument() throws {
    let mapping = try #require(Sample.mapping("input: {records: 'page.providers[]'}\nfacts: {id: {path: key}}\n"))
    let text =
      #"{"total": 2, "page": {"next": [1, {"providers": []}], "providers": [{"key": "P-1"}, {"key": "P-2"}]}, "x": 1}"#
    for name in ["p.json", "p.yaml"] {
      #expect(ReadOut(text, name, mapping: mapping).keys == ["P-1", "P-2"])
      #expect(ReadOut(text, name, mapping: mapping).said == [])
    }
    #expect(
      ReadOut(#"{"page": {"provider": []}}"#, "p.json", mapping: mapping).said == [
        "DATA411 p.json, line 1: there is no key `providers` (column 25)"
      ])
  }

  @Test func tablesThatDoNotFit() throws {
    let mapping = try #require(Sample.mapping("facts: {id: {column: Ref}, title: {column: Title}}\n"))
    FileCase(
      "one column missing", "t.csv", "Ref,Titel\nP-1,Ash\n", keys: ["P-1"], "DATA406 t.csv: there is no column `Title`"
    ).check(mapping: mapping)
    FileCase(
      "the identifier missing", "t.csv", "Key,Title\nP-1,Ash\n", "DATA406 t.csv: there is no column `Ref`",
      "DATA403 t.csv: no record can be read: without that column no record can be told from another"
    ).check(mapping: mapping)
    FileCase(
      "notes above the header", "t.csv", "As at 31 March\n\nRef,Title\nP-1,Ash\n",
      "DATA406 t.csv: there is no column `Ref`", "DATA406 t.csv: there is no column `Title`",
      "DATA403 t.csv: no record can be read: none of the mapping's columns is there"
    ).check(mapping: mapping)
    let plain = try #require(
      Sample.mapping("input: {header: [Ref, '', Title]}\nfacts: {id: {column: Ref}, title: {column: Title}}\n"))
    FileCase("no header", "t.csv", "P-1,x,Ash\nP-2,y,Beech\n", keys: ["P-1", "P-2"]).check(mapping: plain)
    let western = try #require(
      Sample.mapping("input: {encoding: windows-1252}\nfacts: {id: {column: Ref}, title: {column: Title}}\n"))
    let read = ReadOut(bytes: Array("Ref,Title\nP-1,Ash ".utf8) + [0x96, 0xE9, 0x81, 0x0A], "t.csv", mapping: western)
    #expect(read.said.first == "DATA404 t.csv, line 2: the file holds bytes that are no characters in its encoding")
    let right = ReadOut(bytes: Array("Ref,Title\nP-1,Ash ".utf8) + [0x96, 0xE9, 0x0A], "t.csv", mapping: western)
    #expect(right.records.first?.fact("title") == "Ash –é")
  }
}

/// What is wrong with a mapping, shown where it is: the line and column of each diagnostic.
@Suite struct MappingErrors {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var said: [String]

    init(_ name: String, _ text: String, _ said: String...) {
      self.name = name
      self.text = text
      self.said = said
    }

    var testDescription: String { name }
  }

  /// What every mapping has, with facts to come.
  static func sample(_ facts: String, _ head: String = "") -> String {
    "probity: 1\nmapping: m\nrecord: provider\n\(head)facts:\n  id: {column: Ref}\n  \(facts)\n"
  }

  /// A mapping of two sources, with something else in its facts.
  private static func joined(_ facts: String, _ other: String = "staff: {on: {Ref: Ref}}") -> String {
    "probity: 1\nmapping: m\nrecord: provider\nsources:\n  register: {}\n  \(other)\nrecords: register\nfacts:\n"
      + "  id: {column: Ref}\n  \(facts)\n"
  }

  @Test(arguments: [
    Case("no mapping", "- 1\n", "1:1 MAP501 expected a mapping, found a list"),
    Case(
      "no version", "mapping: m\nrecord: provider\nfacts: {id: {column: A}}\n",
      "1:1 MAP503 the first key of a mapping is `probity: 1`"),
    Case(
      "nothing in it", "probity: 1\nmaping: m\n", "1:1 MAP503 `mapping` is missing: the mapping's name",
      "1:1 MAP503 `facts` is missing: what feeds each fact", "2:1 MAP502 unknown key `maping` (did you mean `mapping`?)"
    ),
    Case(
      "a type that is not", "probity: 1\nmapping: m\nrecord: provder\nfacts: {}\n",
      "3:9 MAP504 unknown type `provder` (did you mean `provider`?)"),
    Case(
      "a type of no record", "probity: 1\nmapping: m\nrecord: worker\nfacts: {}\n",
      "3:9 MAP504 no record is of type `worker` (a type has `record: true` in the vocabulary where records can be of it)"
    ),
    Case(
      "a name with capitals", sample("").replacing("mapping: m", with: "mapping: My Mapping"),
      "2:10 MAP507 a mapping's name is lower-case words joined by `-`"),
    Case(
      "no identifier", sample("").replacing("  id: {column: Ref}\n", with: "  beds: {column: B}\n"),
      "5:3 MAP510 nothing feeds `id`, which identifies a record (`{row: true}` numbers the records where no column tells them apart)"
    ),
    Case(
      "a fact that is not", sample("bed: {column: B}"),
      "6:3 MAP505 `bed` is not a fact of `provider` (did you mean `beds`?)"),
    Case(
      "a fact of a fact that is not", sample("registration.stats: {column: B}"),
      "6:3 MAP505 `stats` is not a fact of `registration` (did you mean `status`?)"),
    Case(
      "a fact within a text", sample("title.first: {column: B}"),
      "6:3 MAP505 `title` is a text: there are no facts within it"),
    Case(
      "a fact within a list", sample("staff.ref: {column: B}"),
      "6:3 MAP505 `staff` is a list: there are no facts within it (the facts of items stand under `facts` or `items`)"),
    Case(
      "a fact twice", sample("registration.status: {column: B}\n  registration: {column: R}"),
      "7:26 MAP508 `column` does not feed `registration`, which is a `registration` (write each of its facts as `registration.…`)"
    ),
    Case(
      "no source", sample("title: {dates: yyyy}"),
      "6:10 MAP508 nothing feeds `title` (it has one of `column`, `columns`, `path`, `constant`, `row`, `items`, `expression`)"
    ),
    Case(
      "two sources", sample("title: {column: A, constant: B}"),
      "6:10 MAP508 `title` has more than one source (it has one of `column`, `columns`, `path`, `constant`, `row`, `items`, `expression`)"
    ),
    Case("a text as source", sample("title: Title"), "6:10 MAP501 `title` is a mapping, not text"),
    Case("columns and paths", sample("title: {path: a.b}"), "6:17 MAP508 a mapping reads columns or paths, not both"),
    Case(
      "paths in a table", sample("", "input: {format: csv}\n").replacing("column: Ref", with: "path: ref"),
      "6:14 MAP508 a csv file has no paths (write `column`)"),
    Case(
      "a pattern that is none", sample("opened: {column: A, dates: [dd/mm/yyyy]}"),
      "6:31 MAP507 not a pattern: a pattern has year, month and day, or a time of day, or both (for instance `dd/MM/yyyy` or `yyyy-MM-dd'T'HH:mm:ss`)"
    ),
    Case(
      "a year of two digits", sample("opened: {column: A, dates: [dd/MM/yy]}"),
      "6:37 MAP507 not a pattern: two digits do not tell the century; a year is `yyyy` (for instance `dd/MM/yyyy` or `yyyy-MM-dd'T'HH:mm:ss`)"
    ),
    Case(
      "letters without meaning", sample("opened: {column: A, dates: [yyyy-MM-ddTHH:mm]}"),
      "6:41 MAP507 not a pattern: `T` means nothing here; letters that stand for themselves are quoted (for instance `dd/MM/yyyy` or `yyyy-MM-dd'T'HH:mm:ss`)"
    ),
    Case(
      "a path that is none", sample("title: {path: a..b}").replacing("column: Ref", with: "path: ref"),
      "6:19 MAP507 not a path: expected a key"),
    Case(
      "several values for one fact", sample("title: {path: 'a[].b'}").replacing("column: Ref", with: "path: ref"),
      "6:17 MAP508 a path through a list gives several values; `title` is a text (`join` makes one text of them; `single: true` says that they are one and the same)"
    ),
    Case(
      "both of join and single",
      sample("title: {path: 'a[].b', join: x, single: true}").replacing("column: Ref", with: "path: ref"),
      "6:43 MAP508 `join` is for several values, `single` for one"),
    Case(
      "several paths of a list", sample("services: {path: [a, b]}").replacing("column: Ref", with: "path: ref"),
      "6:20 MAP508 a list has one path, which gives all of its values"),
    Case(
      "items without their list",
      sample("staff: {path: a, facts: {ref: {path: b}}}").replacing("column: Ref", with: "path: ref"),
      "6:17 MAP508 the path of the items ends in their list (write `[]` after it)"),
    Case(
      "items from a column", sample("staff: {column: A}"),
      "6:19 MAP508 `column` does not feed `staff`, which is a list of `worker` (it has a `path`, or `items`)"),
    Case("a constant of another type", sample("beds: {constant: many}"), "6:20 MAP509 `many` is not a number"),
    Case(
      "a default that is not allowed", sample("registration.status: {column: A, default: actve}"),
      "6:45 MAP509 `actve` is not allowed: active, closed (did you mean `active`?)"),
    Case(
      "a value twice", sample("title: {column: A, values: {Y: a, y: b}}"),
      "6:37 MAP506 `y` is said twice; upper and lower case make no difference"),
    Case(
      "an encoding that is not", sample("", "input: {encoding: utf8}\n"),
      "4:19 MAP507 `encoding` cannot be `utf8` (did you mean `utf-8`?)"),
    Case(
      "a separator of two", sample("", "input: {separator: ', '}\n"),
      "4:20 MAP507 a separator is one character, such as `;`"),
    Case(
      "keys without effect", sample("title: {column: A, dates: yyyy-MM-dd, split: ','}"),
      "6:22 MAP511 `dates` has no effect here", "6:41 MAP511 `split` has no effect here"),
    Case(
      "a source that is not", joined("title: {from: staf, column: A}"),
      "10:17 MAP512 there is no source `staf` (did you mean `staff`?)"),
    Case(
      "a source that is not joined", joined("", "staff: {format: csv}"),
      "6:10 MAP513 `staff` is joined to nothing: `on` is missing (`on: {Their column: Our column}` says which rows belong together)"
    ),
    Case(
      "sources in a circle",
      joined("", "a: {to: b, on: {x: y}}\n  b: {to: a, on: {x: y}}\n  staff: {on: {x: y}}"),
      "6:11 MAP514 sources are joined in a circle: `a` to `b` to `a` (one of them is joined to the source of the records)"
    ),
    Case(
      "a ranking of one source", joined("title: {column: A}\nconflicts: {title: staff}"),
      "11:13 MAP515 nothing feeds `title` from a source that could differ from another"),
    Case(
      "a filter over the clock", sample("", "input: {cells: {due: date}, where: due < today()}\n"),
      "4:36 MAP516 what a file says does not depend on the day it is read: `today` and `now` are for rules"),
    Case(
      "YAML that is broken", "probity: 1\nmapping: m\nrecord: provider\nfacts: {id: [\n",
      "5:1 YAML104 expected a value"),
    Case("an empty list of feeds", sample("title: []"), "6:10 MAP508 nothing feeds `title`"),
  ])
  func reporting(_ mapping: Case) {
    var sources = SourceMap()
    let bytes = Array(mapping.text.utf8)
    let file = sources.add(name: "m.yaml", bytes: bytes)
    var diagnostics = Diagnostics()
    let loaded = Mapping.load(bytes, file: file, vocabulary: Sample.vocabulary, into: &diagnostics)
    let said = diagnostics.sorted.map { diagnostic in
      let location = diagnostic.span.map { sources.location(Int($0.start), in: $0.file) }
      let help = diagnostic.help.map { " (\($0))" }.joined()
      return "\(location?.line ?? 0):\(location?.column ?? 0) \(diagnostic.code) \(diagnostic.message)\(help)"
    }
    #expect(said == mapping.said)
    #expect((loaded == nil) == diagnostics.hasErrors)
  }
}
