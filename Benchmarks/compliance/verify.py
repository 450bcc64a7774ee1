"""Holds the counts of the twelve rules, and of their ten replicas, to the workload's reference.

    verify.py PROBITY [--data FOLDER] [--records N ...]

PROBITY is the program. Ends with status 1 where a count differs.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import replicas
import workload


def summary(program, book, path):
    """A run's summary, the last line of its report."""
    command = [program, "check", "--policy", "compliance", "--rules", str(book), "--as-of", workload.AS_OF,
               "--format", "jsonl", "--summary", "--fail-on", "never", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        last = b""
        for line in run.stdout:
            last = line
    if run.returncode != 0:
        sys.exit(f"verify: {' '.join(command)} ended with status {run.returncode}")
    return json.loads(last)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", metavar="PROBITY")
    arguments.add_argument("--data", default=workload.REPOSITORY / "Benchmarks" / ".build" / "records")
    arguments.add_argument("--records", type=int, nargs="+", default=[2000, 20_000, 200_000])
    options = arguments.parse_args()
    if not workload.is_there():
        return 0
    differences = 0
    with tempfile.TemporaryDirectory() as folder:
        replicas.write(folder)
        books = {1: workload.HERE, replicas.REPLICAS: pathlib.Path(folder)}
        for count in options.records:
            path = workload.records(count, options.data)
            expected = workload.expected(path, replicas.REPLICAS)
            for times, book in books.items():
                counts, amiss = workload.found(summary(options.program, book, path))
                wanted = {(k, rule): tally for k in range(times) for rule, tally in expected[k].items()}
                for key in sorted(wanted.keys() | counts.keys()):
                    if counts.get(key) != wanted.get(key):
                        amiss.append(f"{key[1]} of replica {key[0]}: {counts.get(key)}, not {wanted.get(key)}")
                print(f"{count} records, {len(wanted)} rules: " + ("as the reference" if not amiss else "different"))
                for words in amiss:
                    print(f"  {words}")
                differences += len(amiss)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
