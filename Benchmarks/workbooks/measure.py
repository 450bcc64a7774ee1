"""Measures how a sheet of a workbook is read beside two well-known readers: openpyxl, read-only, and python-calamine.

Both of those make Python's values of all cells; Probity makes records of them and checks a policy over these. All three
have to find as many rows, the two as many cells, and Probity has to count for the workbook what it counts for JSON Lines with
the same facts. Processor time is that of the whole process less that of a run over one row; the readers take turns, and the least
of their rounds counts.

Needs openpyxl, XlsxWriter and python-calamine, in the Python that runs it.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
BOOK = HERE.parent.parent
sys.path.append(str(HERE.parent / "tables"))

READERS = {
    "openpyxl": """
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
rows = cells = 0
for row in book["Register"].iter_rows(values_only=True):
    rows += 1
    cells += sum(value is not None and value != "" for value in row)
print(rows - 1, cells)
""",
    "python-calamine": """
import python_calamine, sys
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
rows = cells = 0
for row in book.get_sheet_by_name("Register").iter_rows():
    rows += 1
    cells += sum(value is not None and value != "" for value in row)
print(rows - 1, cells)
""",
}


def write(folder, count):
    """The same contracts as a workbook and as JSON Lines."""
    import generate
    import random
    import xlsxwriter

    random.seed(20260101)
    folder = folder / str(count)
    folder.mkdir()
    book = xlsxwriter.Workbook(folder / "register.xlsx")
    sheet = book.add_worksheet("Register")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, generate.HEADERS)
    with open(folder / "lines.jsonl", "w", encoding="utf-8") as lines:
        for number in range(1, count + 1):
            facts = generate.contract(number, random)
            lines.write(json.dumps(facts) + "\n")
            for column, fact in enumerate(generate.FACTS):
                value = facts.get(fact)
                if fact in ("starts", "ends", "expires") and value is not None:
                    sheet.write_datetime(number, column, datetime.datetime.fromisoformat(value), day)
                elif isinstance(value, bool):
                    sheet.write_boolean(number, column, value)
                elif isinstance(value, float):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, value)
    book.close()
    return folder


def make(folder, count):
    """Writes them in a process of its own: what a process has held counts as memory of those that it starts."""
    code = "import measure, pathlib, sys; measure.write(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", code, str(folder), str(count)], check=True, cwd=HERE)
    return folder / str(count)


def command(reader, program, folder, *options):
    if reader in READERS:
        return [sys.executable, "-c", READERS[reader], str(folder / "register.xlsx")]
    words = [
        program, "check", "--policy", "contract-register-hygiene", "--as-of", "2026-01-01", "--summary", "--jobs", "1",
        "--rules", str(BOOK), *options,
    ]
    if reader == "lines":
        return [*words, str(folder / "lines.jsonl")]
    return [*words, "--mapping", str(HERE / "mapping.yaml"), str(folder / "register.xlsx")]


def run(words):
    """Processor time in seconds, and the most memory in KiB."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def output(words):
    return subprocess.run(words, capture_output=True, check=False, text=True).stdout


def verify(program, folder, count):
    found = {reader: output(command(reader, program, folder)).split() for reader in READERS}
    assert len(set(map(tuple, found.values()))) == 1 and int(found["openpyxl"][0]) == count, found
    summaries = [
        json.loads(output(command(reader, program, folder, "--format", "json")))["summary"]
        for reader in ("probity", "lines")
    ]
    first, second = ({key: summary[key] for key in ["records", "open", "verdicts", "rules"]} for summary in summaries)
    assert first == second and first["records"]["checked"] == count, "the workbook does not count what JSON Lines count"
    return found["openpyxl"][1]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--rows", type=int, default=50_000)
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        one, many = make(folder, 1), make(folder, options.rows)
        cells = verify(options.program, many, options.rows)
        print(f"{options.rows} rows, {cells} cells: all readers find as many, and Probity counts what it does for JSON Lines\n")

        least, memory = {}, {}
        for _ in range(options.rounds):
            for reader in ("probity", *READERS):
                for size, files in (("one", one), ("many", many)):
                    time, most = run(command(reader, options.program, files))
                    least[reader, size] = min(time, least.get((reader, size), time))
                    memory[reader, size] = min(most, memory.get((reader, size), most))

        def reading(reader):
            return least[reader, "many"] - least[reader, "one"]

        print(f"| {options.rows} rows | processor time of Probity's | peak memory of Probity's |")
        print("| --- | ---: | ---: |")
        for reader in ("probity", *READERS):
            time = reading(reader) / reading("probity")
            most = memory[reader, "many"] / memory["probity", "many"]
            print(f"| {reader} | {time:.2f} | {most:.2f} |")


if __name__ == "__main__":
    main()
