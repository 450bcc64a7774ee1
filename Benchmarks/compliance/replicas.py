"""Writes the twelve rules of this folder ten times over, as a rule book of 120 rules.

    replicas.py FOLDER

Replica k has the same rules under names that end in -k, over parameters of its own whose values are moved by k steps,
so that an engine cannot simply share the work. Replica 0 has the values of `rules/compliance.yaml`.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPLICAS = 10

# What a parameter's value is in replica k.
VALUES = {
    "recent": lambda k: f"P{365 + k}D",
    "public_liability_minimum": lambda k: 5_000_000 - 1000 * k,
    "employers_liability_minimum": lambda k: 10_000_000 - 1000 * k,
    "dbs_renewal": lambda k: "P3Y",
    "dbs_grace": lambda k: f"P{k}D",
    "trained_share": lambda k: f"0.{80 - k}",
    "response_limit": lambda k: 20 + k,
    "longest_term": lambda k: f"P{1827 + k}D",
    "large_business": lambda k: 500_000 + 1000 * k,
}


def replica(text, k):
    """The text of `rules/compliance.yaml` as replica k has it."""
    declared = re.findall(r"^  - parameter: (\w+)$", text, re.MULTILINE)
    if sorted(declared) != sorted(VALUES):
        sys.exit(f"replicas: the parameters {declared} are not those that replicas.py moves")
    for name, value in VALUES.items():
        text, moved = re.subn(
            rf"(  - parameter: {name}\n(?:    .*\n)*?    values: {{2000-01-01: ).*}}",
            rf"\g<1>{value(k % REPLICAS)}}}", text)
        if moved != 1:
            sys.exit(f"replicas: the value of {name} was not found")
        text = re.sub(rf"\b{name}\b", f"{name}_{k}", text)
    return re.sub(r"^  - rule: ([\w-]+)$", rf"  - rule: \1-{k}", text, flags=re.MULTILINE)


def write(folder, count=REPLICAS):
    """Writes the rule book into a folder, over what is there; more replicas than ten have the values of the first ten."""
    folder = pathlib.Path(folder)
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "policies").mkdir(exist_ok=True)
    text = (HERE / "rules" / "compliance.yaml").read_text(encoding="utf-8")
    for k in range(count):
        (folder / "rules" / f"compliance-{k}.yaml").write_text(replica(text, k), encoding="utf-8")
    vocabulary = (HERE / "rules" / "vocabulary.yaml").read_text(encoding="utf-8")
    (folder / "rules" / "vocabulary.yaml").write_text(vocabulary, encoding="utf-8")
    (folder / "policies" / "compliance.yaml").write_text(
        "probity: 1\npolicy: compliance\ntitle: The twelve rules of the workload, ten times over\nsource: Benchmark\n"
        "rules: [compliance-*/*]\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(sys.argv[1])
