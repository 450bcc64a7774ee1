"""The workload that the rules of this folder are measured on: its data, and how many records each rule should find what of.

The workload lies outside the repository, in `../shared/bench`: a seeded generator of records and the meaning of the
rules in Python. Where it is absent there is nothing to compare with.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
BENCH = REPOSITORY.parent / "shared" / "bench"
AS_OF = "2026-06-30"
# A report's words for the outcomes, in the order of the reference's counts.
OUTCOMES = ["pass", "fail", "not_applicable", "not_evidenced"]


def is_there():
    """Whether there is a workload; says so where there is none."""
    if (BENCH / "reference.py").exists():
        return True
    print(f"skipped: there is no workload in {BENCH}", file=sys.stderr)
    return False


def reference():
    """The workload's own module of that name."""
    spec = importlib.util.spec_from_file_location("reference", BENCH / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def records(count, folder):
    """A file of that many records, generated if it is not there yet."""
    path = pathlib.Path(folder) / f"{count}.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        subprocess.run([sys.executable, BENCH / "generate.py", str(count), part], check=True)
        part.rename(path)
    return path


def expected(path, replicas):
    """For each replica and rule (`R01` …) the number of records of each outcome; the file is read once."""
    module = reference()
    constants = [module.constants(k) for k in range(replicas)]
    tallies = [[[0, 0, 0, 0] for _ in module.RULES] for _ in constants]
    with open(path, "rb") as file:
        for line in file:
            record = json.loads(line)
            for constant, tally in zip(constants, tallies):
                for counts, outcome in zip(tally, module.evaluate(record, constant)):
                    counts[outcome] += 1
    return [dict(zip(module.RULES, tally)) for tally in tallies]


def place(name):
    """The replica and rule of the workload that a rule of ours is: `r04-public-liability-7` is (7, `R04`)."""
    parts = name.split("-")
    return (int(parts[-1]) if parts[-1].isdigit() else 0, parts[0].upper())


def found(summary):
    """What a run's summary counts, by replica and rule, and what it says that should not be there."""
    counts, amiss = {}, []
    for rule in summary["rules"]:
        counts[place(rule["rule"])] = [rule[outcome] for outcome in OUTCOMES]
        if rule["error"]:
            amiss.append(f"{rule['rule']} could not be computed for {rule['error']} records")
    amiss += [f"{problem['code']} {problem['count']} times" for problem in summary["problems"]]
    return counts, amiss
