"""Probity beside the floors and other engines on the compliance workload, in one run, as ratios.

    compare.py PROBITY [--rounds N] [--peer-rounds N] [--data FOLDER] [--quick]

PROBITY is the program, built for release. Every measurement is a process of its own; those of a round take turns, so that
what slows the machine slows them all, and medians of the rounds are compared. The time of Probity is that of its whole
process, from start to exit; that of a floor or a peer is what it measures itself, without its start. `time` is by the
clock; `cpu` is what the process's threads were busy for, which other work on the machine disturbs less. A machine may be
half as fast again from one second to the next: Probity and the floors take three times the rounds, and their ratios are the
medians of each turn's own.

The targets at the end are judged by the clock. Ends with status 1 where a count differs from the reference.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import replicas
import workload

HERE = pathlib.Path(__file__).resolve().parent
BUILD = workload.REPOSITORY / "Benchmarks" / ".build" / "compliance"
# What a peer runs as, the module it needs, and the records it is given: fewer to those that are slow.
PEERS = {
    "ZEN, one expression": (["zen_engine.py", "--mode", "expr"], "zen", 20_000),
    "ClickHouse SQL": (["chdb_sql.py"], "chdb", 20_000),
    "DuckDB SQL": (["duckdb_sql.py"], "duckdb", 20_000),
    "Polars": (["polars_expr.py"], "polars", 20_000),
    "CEL (C++)": (["cel_cpp.py"], "cel_expr_python", 2000),
    "CEL (Rust)": (["cel_rust.py"], "cel", 2000),
}
SQL = ["ClickHouse SQL", "DuckDB SQL"]


def run(command, folder=None):
    """Runs a command and gives what it printed, and its time, cpu and peak memory in MB."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=subprocess.DEVNULL, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read() if os.fstat(output.fileno()).st_size < 1 << 26 else b""
    return process.returncode, text, {
        "time": elapsed, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def run_twice_at_once(command):
    """Runs a command as two processes that share nothing but the machine, and gives the time until both have ended."""
    start = time.perf_counter()
    processes = [
        subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)]
    statuses = [process.wait() for process in processes]
    return max(statuses), {"time": time.perf_counter() - start}


class Measurements:
    """What was measured, by name; of each a median."""

    def __init__(self):
        self.rows = {}

    def add(self, name, figures):
        self.rows.setdefault(name, []).append(figures)

    def median(self, name, figure="time"):
        values = [row[figure] for row in self.rows.get(name, []) if figure in row]
        return statistics.median(values) if values else None

    def ratio(self, name, base, figure="time"):
        """The median of the ratios of each turn by itself, for what was measured in the same turns."""
        values = [row[figure] / other[figure] for row, other in zip(self.rows.get(name, []), self.rows.get(base, []))]
        return statistics.median(values) if values else None


def compiled(source, compiler, *flags):
    """A program of `floors`, built if need be; None where it cannot be."""
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD / source.stem
    if program.exists() and program.stat().st_mtime > source.stat().st_mtime:
        return program
    built = subprocess.run([compiler, "-O3", "-o", program, source, *flags], capture_output=True, text=True)
    if built.returncode != 0:
        print(f"left out: {source.name} does not build: {built.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return program


def is_installed(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


class Comparison:
    def __init__(self, options, book120):
        self.program, self.options = str(pathlib.Path(options.program).resolve()), options
        self.books = {12: workload.HERE, 120: book120}
        self.measured = Measurements()
        self.differences = 0

    def check(self, rules, path, *more):
        return [self.program, "check", "--policy", "compliance", "--rules", self.books[rules], "--as-of", workload.AS_OF,
                "--fail-on", "never", *more, path]

    def probity(self, name, rules, path, *more, expected=None):
        status, text, figures = run(self.check(rules, path, *more))
        if status != 0:
            sys.exit(f"compare: {name} ended with status {status}")
        if expected is not None:
            counts, amiss = workload.found(json.loads(text.splitlines()[-1]))
            wanted = {(k, rule): tally for k in range(rules // 12) for rule, tally in expected[k].items()}
            if counts != wanted or amiss:
                print(f"{name}: counts differ from the reference {amiss}", file=sys.stderr)
                self.differences += 1
        self.measured.add(name, figures)

    def two_processes(self, name, rules, path, *more):
        """What two threads could come to: one record after the other is checked twice, by one process each."""
        status, figures = run_twice_at_once(self.check(rules, path, *more))
        if status != 0:
            sys.exit(f"compare: {name} ended with status {status}")
        self.measured.add(name, figures)

    def progress(self, words):
        print(f"measuring {words} …", file=sys.stderr, flush=True)

    def itself(self, name, command, folder=None):
        """Measures what measures itself: JSON as the workload's peers print, or `parse`'s count and seconds."""
        status, text, figures = run(command, folder)
        if status != 0:
            return
        for line in text.decode().splitlines():
            if line.startswith("{"):
                own = json.loads(line)
                self.measured.add(
                    name, {"time": own["e2e_s"], "record": own["e2e_s"] / own["n"], "memory": figures["memory"]})
            elif len(line.split()) == 2:
                self.measured.add(name, {**figures, "time": float(line.split()[1])})

    # Rounds

    def rounds(self, count, rounds, expected):
        path = workload.records(count, self.options.data)
        parse = compiled(HERE / "floors" / "parse.cpp", "c++", "-std=c++17", "-lsimdjson")
        summary = ["--jobs", "1", "--summary", "--format", "jsonl"]
        floors = workload.BENCH / "peers"
        self.progress(f"{count} records")
        for turn in range(rounds):
            steps = [
                lambda: self.itself(f"bytes {count}", [sys.executable, "floors.py", path, "--mode", "bytes"], floors),
                lambda: self.itself(
                    f"pysimdjson {count}", [sys.executable, "floors.py", path, "--mode", "simdjson"], floors),
                lambda: self.probity(f"12 rules {count}", 12, path, *summary, expected=expected),
                lambda: self.probity(f"120 rules {count}", 120, path, *summary, expected=expected),
                lambda: self.probity(f"12 rules, two threads {count}", 12, path, "--jobs", "2", "--summary"),
                lambda: self.probity(f"120 rules, two threads {count}", 120, path, "--jobs", "2", "--summary"),
            ]
            if parse:
                steps.insert(1, lambda: self.itself(f"simdjson {count}", [parse, path]))
            for step in steps if turn % 2 == 0 else reversed(steps):
                step()

    def details(self, count, rounds):
        """What reports cost: everything that is not met explained, in each format, into a file that nobody reads. And what
        two at once come to."""
        path = workload.records(count, self.options.data)
        self.progress("reports and threads")
        for _ in range(rounds):
            for name in ["jsonl", "csv", "text"]:
                self.probity(
                    f"{name} {count}", 12, path, "--jobs", "1", "--format", name, "--output", "/dev/null")
            self.probity(f"counts {count}", 12, path, "--jobs", "1", "--summary", "--output", "/dev/null")
            self.probity(f"two threads {count}", 12, path, "--jobs", "2", "--summary", "--output", "/dev/null")
            self.two_processes(
                f"two processes {count}", 12, path, "--jobs", "1", "--summary", "--output", "/dev/null")

    def peers(self, rounds):
        for name, (command, module, count) in PEERS.items():
            path = workload.records(count, self.options.data)
            if not is_installed(module):
                print(f"left out: {name} is not installed", file=sys.stderr)
                continue
            self.progress(name)
            for _ in range(rounds):
                for times in (1, 10):
                    self.itself(
                        f"{name} x{times}", [sys.executable, command[0], path, *command[1:], "--rulex", times],
                        workload.BENCH / "peers")

    def cold(self, rounds):
        """One record, from the start of the process to its end."""
        self.progress("one record, cold")
        with tempfile.TemporaryDirectory() as folder:
            one = pathlib.Path(folder) / "one.jsonl"
            with open(workload.records(2000, self.options.data), "rb") as records:
                one.write_bytes(records.readline())
            jq = pathlib.Path(folder) / "rules.jq"
            jq.write_text((workload.BENCH / "peers" / "jq_rules.jq").read_text() + "\nall(1)\n")
            for _ in range(rounds):
                self.probity("cold", 12, one, "--format", "jsonl")
                if shutil.which("jq"):
                    self.measured.add("cold jq", run(["jq", "-c", "-f", jq, one])[2])

    def lint(self, rounds):
        """Rule books of a thousand and of two thousand rules, beside what libyaml takes to read them."""
        self.progress("lint")
        events = compiled(HERE / "floors" / "events.c", "cc", "-lyaml")
        with tempfile.TemporaryDirectory() as folder:
            books = {}
            for times in (84, 168):
                books[times * 12] = book = pathlib.Path(folder) / str(times)
                replicas.write(book, times)
            for _ in range(rounds):
                for rules, book in books.items():
                    status, _, figures = run([self.program, "lint", book / "rules", book / "policies"])
                    if status != 0:
                        sys.exit(f"compare: lint of {rules} rules ended with status {status}")
                    self.measured.add(f"lint {rules}", figures)
                    if events:
                        files = sorted(book.glob("*/*.yaml"))
                        self.measured.add(f"libyaml {rules}", run([events, *files])[2])

    # What came of it

    def ours(self, rules):
        """Seconds of one record, the process's start included."""
        return self.measured.median(f"{rules} rules 20000") / 20_000

    def show(self, counts):
        median, ratio = self.measured.median, self.measured.ratio
        print("\nEnd to end, one thread: times the time of simdjson alone.\n")
        for count in counts:
            floor = self.floor(count)
            for name in ["bytes", "simdjson", "pysimdjson", "12 rules", "120 rules", "12 rules, two threads",
                         "120 rules, two threads"]:
                spent = ratio(f"{name} {count}", floor)
                if spent is None:
                    continue
                print(f"{count:>8} records  {name:24} time {spent:6.2f}  {median(f'{name} {count}', 'memory'):6.0f} MB")
        print("\nThe rate of two at once: times that of one thread.\n")
        for count in counts[1:]:
            print(f"{count:>8} records  two threads {1 / ratio(f'two threads {count}', f'counts {count}'):5.2f}"
                  f"  two processes that share nothing {2 / ratio(f'two processes {count}', f'counts {count}'):5.2f}")
        count = counts[min(1, len(counts) - 1)]
        print("\nEverything that is not met explained: times the time of counting it.\n")
        for name in ["jsonl", "csv", "text"]:
            print(f"{count:>8} records  {name:24} time {ratio(f'{name} {count}', f'counts {count}'):6.2f}"
                  f"  cpu {ratio(f'{name} {count}', f'counts {count}', 'cpu'):6.2f}")
        print("\nOther engines: how many times as many records Probity checks in their time, one thread.\n")
        for name in PEERS:
            one, ten = median(f"{name} x1", "record"), median(f"{name} x10", "record")
            if one is None:
                continue
            print(f"{PEERS[name][2]:>8} records  {name:24} 12 rules {one / self.ours(12):7.1f}"
                  + (f"  120 rules {ten / self.ours(120):7.1f}" if ten else ""))
        self.targets(counts)

    def floor(self, count):
        """The faster of the two, by name."""
        times = {name: self.measured.median(name) for name in (f"simdjson {count}", f"pysimdjson {count}")}
        return min((name for name in times if times[name]), key=times.get)

    def targets(self, counts):
        median = self.measured.median
        largest, middle = counts[-1], counts[min(1, len(counts) - 1)]

        def fastest_sql(times):
            return min((time for name in SQL if (time := median(f"{name} x{times}", "record"))), default=None)

        def ratio(above, below):
            return above / below if above and below else None

        zen = "ZEN, one expression"
        targets = [
            ("12 rules, times simdjson alone", self.measured.ratio(f"12 rules {largest}", self.floor(largest)), 1.5, False),
            ("12 rules, times ZEN's rate", ratio(median(f"{zen} x1", "record"), self.ours(12)), 12, True),
            ("12 rules, times the fastest SQL", ratio(fastest_sql(1), self.ours(12)), 4, True),
            ("120 rules, times ZEN's rate", ratio(median(f"{zen} x10", "record"), self.ours(120)), 30, True),
            ("120 rules, times the fastest SQL", ratio(fastest_sql(10), self.ours(120)), 8, True),
            ("120 rules, times 12 rules", self.measured.ratio(f"120 rules {largest}", f"12 rules {largest}"), 2, False),
            ("two threads, times one", ratio(1, self.measured.ratio(f"two threads {largest}", f"counts {largest}")),
             1.8, True),
            ("everything explained, times counting", self.measured.ratio(f"jsonl {middle}", f"counts {middle}"),
             1.3, False),
            ("memory, times that of a tenth of the records", ratio(
                median(f"12 rules {largest}", "memory"), median(f"12 rules {middle}", "memory")), 1.1, False),
            ("memory, MB", median(f"12 rules {largest}", "memory"), 200, False),
            ("one record cold, times jq", ratio(median("cold"), median("cold jq")), 1, False),
            ("lint of 2,000 rules, times libyaml", ratio(median("lint 2016"), median("libyaml 2016")), 5, False),
            ("lint of 2,000 rules, times 1,000", ratio(median("lint 2016"), median("lint 1008")), 2.1, False),
        ]
        print("\nTargets\n")
        for name, value, limit, isLeast in targets:
            if value is None:
                print(f"  {name:46} not measured")
                continue
            isMet = value >= limit if isLeast else value <= limit
            print(f"  {name:46}{value:8.2f}  {'at least' if isLeast else 'at most':8} {limit:5}  "
                  f"{'met' if isMet else 'not met'}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", metavar="PROBITY")
    arguments.add_argument("--data", default=workload.REPOSITORY / "Benchmarks" / ".build" / "records")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--peer-rounds", type=int, default=3)
    arguments.add_argument("--quick", action="store_true", help="without the largest file")
    options = arguments.parse_args()
    if not workload.is_there():
        return 0
    counts = [2000, 20_000] if options.quick else [2000, 20_000, 200_000]
    with tempfile.TemporaryDirectory() as folder:
        replicas.write(folder)
        comparison = Comparison(options, pathlib.Path(folder))
        for count in counts:
            expected = workload.expected(workload.records(count, options.data), replicas.REPLICAS)
            comparison.rounds(count, 3 * options.rounds, expected)
        for count in counts[1:]:
            comparison.details(count, 3 * options.rounds)
        comparison.peers(options.peer_rounds)
        comparison.cold(6 * options.rounds)
        comparison.lint(options.rounds)
        comparison.show(counts)
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
