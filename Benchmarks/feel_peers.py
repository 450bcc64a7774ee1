"""Probity's FEEL beside bkflow-feel, on the same expressions over the same record, as ratios.

    feel_peers.py FEEL_BENCH EXPRESSIONS [--rounds N] [--milliseconds N]

FEEL_BENCH is this package's program, which verifies its own answers before it measures anything. This script verifies
the peer's: an expression that it refuses, or gives another value for, is named and left out. Both measure themselves,
taking turns, so that what slows the machine slows both; each ratio is the median of those of the rounds.
"""

import argparse
import datetime
import gc
import importlib.metadata
import json
import logging
import statistics
import subprocess
import sys
import time

from bkflow_feel import parser, transformer
from bkflow_feel.api import parse_expression


def value_of(tree):
    """What the peer has for a value of the file: its dates are Python's; it has no durations."""
    if isinstance(tree, list):
        return [value_of(item) for item in tree]
    if isinstance(tree, dict):
        if list(tree) == ["@"]:
            try:
                return datetime.date.fromisoformat(tree["@"])
            except ValueError:
                return None
        return {name: value_of(item) for name, item in tree.items()}
    return tree


class Peer:
    """bkflow-feel, at its best: nothing logged, no collection of garbage while the clock runs."""

    def __init__(self, record):
        logging.disable(logging.CRITICAL)
        self.record = record

    def refusal(self, text, expected):
        """Why the peer cannot be compared on an expression; None where it can."""
        try:
            value = parse_expression(text, self.record)
        except Exception as problem:
            return f"{type(problem).__name__}: {str(problem).splitlines()[0]}"
        if type(value) is not type(expected) or value != expected:
            return f"gives {value!r}, which is wrong"
        return None

    def text_to_value(self, text):
        """The one way in that the library offers: it parses at every evaluation."""
        record = self.record
        return lambda: parse_expression(text, record)

    def evaluation(self, text):
        """Evaluation alone, through the library's inner parts: a tree made once, evaluated again and again."""
        tree, record = transformer.transform(parser.parse(text)), self.record
        return lambda: tree.evaluate(record)


def nanoseconds(call, milliseconds):
    """Nanoseconds of one call, from as many calls as fill the given time."""
    calls = 1
    while True:
        indices = range(calls)
        start = time.perf_counter_ns()
        for _ in indices:
            call()
        elapsed = time.perf_counter_ns() - start
        if elapsed >= milliseconds * 1e6:
            return elapsed / calls
        calls = max(calls + 1, int(calls * min(1.2 * milliseconds * 1e6 / max(elapsed, 1), 10)))


class Probity:
    """The program of this package, measuring on request."""

    def __init__(self, program, expressions):
        self.process = subprocess.Popen(
            [program, "serve", expressions], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def nanoseconds(self, phase, index, milliseconds):
        self.process.stdin.write(f"{phase} {index} {milliseconds}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("feel_peers: feel-bench has ended")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit("feel_peers: feel-bench has failed")


def summary(ratios):
    mean = statistics.geometric_mean(ratios)
    return f"{mean:.1f} × as the geometric mean, {min(ratios):.1f} × to {max(ratios):.1f} ×"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", metavar="FEEL_BENCH")
    arguments.add_argument("expressions", metavar="EXPRESSIONS")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--milliseconds", type=int, default=10, help="for each measurement, at least")
    options = arguments.parse_args()
    with open(options.expressions, encoding="utf-8") as file:
        workload = json.load(file)

    peer = Peer(value_of(workload["record"]))
    entries = list(enumerate(workload["expressions"]))
    refusals = {index: peer.refusal(entry["text"], value_of(entry["value"])) for index, entry in entries}
    shared = [(index, entry) for index, entry in entries if refusals[index] is None]

    version = importlib.metadata.version("bkflow-feel")
    print(f"bkflow-feel {version} gives the right value for {len(shared)} of {len(entries)} expressions. The others:")
    for index, entry in entries:
        if refusals[index]:
            print(f"  {entry['name']}: {refusals[index]}")

    probity = Probity(options.program, options.expressions)
    # A text never seen before, to its value. A text asked of record after record, as each library offers it: checked
    # once, or parsed each time, since the peer has no other way in. The two interpreters alone, past the peer's API.
    columns = {"new text": [], "next record": [], "interpreter": []}
    times = {index: {column: [] for column in columns} for index, _ in shared}
    gc.disable()
    for turn in range(options.rounds):
        for index, entry in shared:
            calls = {"text": peer.text_to_value(entry["text"]), "evaluate": peer.evaluation(entry["text"])}
            ours, theirs = {}, {}
            for phase, call in calls.items():
                measure = [
                    lambda: ours.__setitem__(phase, probity.nanoseconds(phase, index, options.milliseconds)),
                    lambda: theirs.__setitem__(phase, nanoseconds(call, options.milliseconds)),
                ]
                # Neither always goes first.
                for step in measure if turn % 2 == 0 else reversed(measure):
                    step()
            times[index]["new text"].append(theirs["text"] / ours["text"])
            times[index]["next record"].append(theirs["text"] / ours["evaluate"])
            times[index]["interpreter"].append(theirs["evaluate"] / ours["evaluate"])
        gc.collect()
    probity.close()

    print(f"\nHow many times faster Probity is; medians of {options.rounds} rounds.\n")
    print(f"{'':32}" + "".join(f"{column:>16}" for column in columns))
    for index, entry in shared:
        ratios = {column: statistics.median(times[index][column]) for column in columns}
        for column in columns:
            columns[column].append(ratios[column])
        print(f"{entry['name']:32}" + "".join(f"{ratios[column]:>14.1f} ×" for column in columns))
    print()
    for column, ratios in columns.items():
        print(f"{column}: {summary(ratios)}")


if __name__ == "__main__":
    main()
