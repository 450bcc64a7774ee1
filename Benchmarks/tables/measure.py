"""Measures how CSV is read beside JSON Lines with the same facts, and how memory grows with the records.

The three files of a size give the same counts, which is checked first. Processor time is that of the whole process less that
of a run over one record; the ways of reading take turns, and the least of their rounds counts.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import generate

HERE = pathlib.Path(__file__).parent
BOOK = HERE.parent.parent


def command(program, path, *options):
    words = [
        program, "check", "--policy", "contract-register-hygiene", "--as-of", "2026-01-01", "--summary", "--jobs", "1",
        "--rules", str(BOOK), *options,
    ]
    if path.name.endswith("council.csv"):
        words += ["--mapping", str(HERE / "mapping.yaml")]
    return [*words, str(path)]


def run(words):
    """Processor time in seconds, and the most memory in KiB."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def counts(program, path):
    output = subprocess.run(command(program, path, "--format", "json"), capture_output=True, check=False).stdout
    summary = json.loads(output)["summary"]
    return {key: summary[key] for key in ["records", "open", "verdicts", "rules"]}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--quick", action="store_true", help="a tenth of the records")
    options = arguments.parse_args()
    small, large = (1_000, 100_000) if options.quick else (10_000, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        one, few, many = (generate.write(folder, count) for count in (1, small, large))
        for files in (few, many):
            first, *others = [counts(options.program, path) for path in files.values()]
            assert all(other == first for other in others), "the ways of reading do not count the same"
        print(f"the counts of {small} and of {large} records are the same in all three forms\n")

        least, memory = {}, {}
        for _ in range(options.rounds):
            for kind in many:
                for size, files in (("one", one), ("few", few), ("many", many)):
                    time, most = run(command(options.program, files[kind]))
                    least[kind, size] = min(time, least.get((kind, size), time))
                    memory[kind, size] = min(most, memory.get((kind, size), most))

        def reading(kind):
            return least[kind, "many"] - least[kind, "one"]

        print(f"| {large} records | rate of JSON Lines | peak memory, of {small} records |")
        print("| --- | ---: | ---: |")
        for kind in many:
            rate = reading("lines.jsonl") / reading(kind)
            growth = memory[kind, "many"] / memory[kind, "few"]
            print(f"| {kind} | {rate:.2f} | {growth:.2f} |")


if __name__ == "__main__":
    main()
