"""Holds the instructions that checking takes to what is committed, so that a slower program is noticed without a clock.

    instructions.py PROBITY [--record]

PROBITY is the program, built for release. valgrind counts the instructions of short runs over the workload's first records;
what a run takes to start is taken off where a record's share is asked for. Counts of the same program on the same machine
differ by less than a hundredth; another version of the compiler or of a library may need them recorded anew. Ends with
status 1 where a count is more than a twentieth above the threshold, or below it by so much that the threshold is idle.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import replicas
import workload

THRESHOLDS = workload.REPOSITORY / "Benchmarks" / "Thresholds" / "compliance-instructions.json"
SLACK = 0.05


def instructions(command):
    """The instructions that a run takes, all its threads together."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *map(str, command)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            # Hashing is seeded anew in each process, which would move counts by several hundredths.
            env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"})
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"instructions: {' '.join(map(str, command))} ended with status {run.returncode}")
    return int(found.group(1))


def measure(program, folder):
    source = workload.records(2000, workload.REPOSITORY / "Benchmarks" / ".build" / "records")
    with open(source, "rb") as file:
        lines = file.readlines()[:600]
    paths = {}
    for count in (1, 100, 600):
        paths[count] = pathlib.Path(folder) / f"{count}.jsonl"
        paths[count].write_bytes(b"".join(lines[:count]))
    book = pathlib.Path(folder) / "book"
    replicas.write(book)
    books = {12: workload.HERE, 120: book}

    def run(rules, count, *options):
        return instructions(
            [program, "check", "--policy", "compliance", "--rules", books[rules], "--as-of", workload.AS_OF, "--fail-on",
             "never", "--jobs", "1", *options, paths[count]])

    def record(rules, *options):
        return (run(rules, 600, *options) - run(rules, 100, *options)) // 500

    return {
        "start and one record, 12 rules": run(12, 1, "--summary"),
        "a record, 12 rules, counted": record(12, "--summary"),
        "a record, 120 rules, counted": record(120, "--summary"),
        "a record, 12 rules, explained as JSON Lines": record(12, "--format", "jsonl"),
        "a record, 12 rules, explained as CSV": record(12, "--format", "csv"),
        "a record, 12 rules, explained as text": record(12, "--format", "text"),
    }


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--record"]):
        sys.exit(__doc__)
    if not workload.is_there():
        return 0
    with tempfile.TemporaryDirectory() as folder:
        # valgrind cannot read what the compiler says about debugging.
        program = pathlib.Path(folder) / "probity"
        subprocess.run(["strip", "-o", program, sys.argv[1]], check=True)
        counts = measure(program, folder)
    if sys.argv[2:]:
        THRESHOLDS.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
        return 0
    thresholds = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
    status = 0
    for name, count in counts.items():
        change = count / thresholds[name] - 1
        words = "as before" if abs(change) <= SLACK else "more" if change > 0 else "less: record the thresholds anew"
        print(f"{name:46}{count:>14,}  {change:+7.1%}  {words}")
        status = 1 if abs(change) > SLACK else status
    return status


if __name__ == "__main__":
    sys.exit(main())
