"""Writes an invented contracts register three times with the same facts: as JSON Lines, as CSV whose headers are the facts' names,
and as CSV the way a council writes it, for mapping.yaml."""

import json
import random

FACTS = [
    "row", "reference", "title", "description", "directorate", "supplier", "total_value", "starts", "ends", "extended",
    "expires", "sme",
]
HEADERS = [
    "No", "Reference", "Title", "Description", "Directorate", "Supplier", "Value", "Start Date", "End Date", "Extended?",
    "Expiry Date", "SME?",
]
DIRECTORATES = ["Adults", "Children", "Place", "Public Health", "Finance and Resources"]
SUPPLIERS = [
    f"{place} {trade} Ltd"
    for place in ["Aldermoor", "Brindlecote", "Dunmere", "Elmstead", "Fernhale", "Gorsey", "Hallowby", "Innesthorpe"]
    for trade in ["Care", "Homes", "Support", "Living", "Services"]
]
TITLES = ["Home care", "Supported living", "Day care", "Reablement, short term"]
DESCRIPTIONS = [
    "Care and support in the homes of people who live in the north of the county",
    'Care and support in people\'s own homes, "spot" and block',
]


def contract(number, random):
    year, month, day = random.randint(2019, 2025), random.randint(1, 12), random.randint(1, 28)
    end = year + random.randint(1, 5)
    facts = {
        "row": str(number),
        "reference": f"C-{number:07d}",
        "title": f"{random.choice(TITLES)} lot {random.randint(1, 40)}",
        "description": DESCRIPTIONS[number % 11 == 0],
        "directorate": random.choice(DIRECTORATES),
        "supplier": random.choice(SUPPLIERS),
        "total_value": random.randint(0, 200_000_000) / 100,
        "starts": f"{year}-{month:02}-{day:02}",
        "ends": f"{end}-{month:02}-{day:02}",
        "extended": random.random() < 0.3,
        "expires": f"{end + 1}-{month:02}-{day:02}",
        "sme": random.random() < 0.6,
    }
    for fact in ["reference", "ends"]:
        if random.random() < 0.05:
            del facts[fact]
    return facts


def plain(value):
    return "" if value is None else {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else str(value)


def british(fact, value):
    if value is None:
        return ""
    if fact in ("starts", "ends", "expires"):
        return f"{value[8:]}/{value[5:7]}/{value[:4]}"
    if fact == "total_value":
        return f"£{value:,.2f}"
    if fact == "extended":
        return "Yes" if value else "No"
    if fact == "sme":
        return "Y" if value else "N"
    return value


def cell(text):
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"') else text


def write(folder, count):
    """Returns the files, by what they are."""
    paths = {kind: folder / f"{count}-{kind}" for kind in ["lines.jsonl", "facts.csv", "council.csv"]}
    generator = random.Random(2026)
    with open(paths["lines.jsonl"], "w") as lines, open(paths["facts.csv"], "w") as facts, open(
        paths["council.csv"], "w", encoding="utf-8"
    ) as council:
        facts.write(",".join(FACTS) + "\n")
        council.write(",".join(HEADERS) + "\n")
        for number in range(1, count + 1):
            one = contract(number, generator)
            lines.write(json.dumps(one, separators=(",", ":")) + "\n")
            facts.write(",".join(cell(plain(one.get(fact))) for fact in FACTS) + "\n")
            council.write(",".join(cell(british(fact, one.get(fact))) for fact in FACTS) + "\n")
    return paths
