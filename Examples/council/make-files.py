"""Writes the six files of the example into `files`: every provider, person and number in them is made up.

It needs nothing but Python's own library, and writes the same bytes each time.
"""

import json
import pathlib
import zipfile
from xml.sax.saxutils import escape

FILES = pathlib.Path(__file__).parent / "files"

# Reference, name, status, regulator's number, service, value a year, last day, rating as noted.
REGISTER = [
    ("P-001", "Aldermoor Care Ltd", "Live", "1-9000001", "Dom care", '"£412,500.00"', "31/03/2028", "Good"),
    ("P-002", "Brindlecote Living Ltd", "Live", "1-9000002", "SL", '"£1,204,000"', "30/09/2027", ""),
    ("P-003", "Caddow House Limited", "Live", "1-9000003", "Residential", "980000", "2027-12-31", "Good"),
    ("P-004", "Dunmere Support CIC", "Live", "1-9000004", "SL", '"£56,250.50"', "31/03/2027", ""),
    ("P-005", "Elmstead Homecare Ltd", "Live", "1-9000005", "Dom care", '"£233,000"', "31/05/2026", "Good"),
    ("P-006", "Fernhale Day Services", "Live", "-", "Day", '"£75,000"', "31/03/2027", ""),
    ("P-007", "Gorsey Bank Homes Ltd", "Live", "1-9000007", "Residential", '"£1,650,000"', "31/03/2029", "Outstanding"),
    ("P-008", "Hallowby Care & Support Ltd", "Live", "1-900 0008", "Dom care", '"£310,200"', "1 Oct 2027", ""),
    ("P-009", "Innesthorpe Supported Living Ltd", "Live", "1-9000009", "SL", '"£640,000"', "31/12/2026", ""),
    ("P-010", "Jessop Lane Care Ltd", "Closed", "1-9000010", "Dom care", '"£90,000"', "31/03/2025", "Good"),
    ("P-011", "Kettlewick House Ltd", "Live", "1-9000011", "Residential", "TBC", "31/03/2028", ""),
    ("P-012", "Larkstile Support Ltd", "Live", "1-9000012", "SL", '"£415,000"', "31/03/2027", ""),
    ("P-013", "Millrace Homecare Ltd", "Live", "1-9000013", "Dom care", '"£187,340.75"', "TBC", ""),
    ("P-014", "Nethercombe Trust", "Live", "1-9000014", "Residential", '"£720,000"', "31/03/2028", "Good"),
    ("P-015", "Ostlebury Care Ltd", "Live", "1-9000015", "Dom care", '"£268,000"', "31/03/2028", ""),
    ("P-016", "Pennyfold Living Ltd", "Live", "1-9000016", "SL", '"£505,000"', "30/06/2027", ""),
    ("P-017", "Quernmoor Homes Ltd", "Live", "1-9000017", "Residential", '"£1,110,000"', "31/03/2029", ""),
    ("P-018", "Rushyford Care Ltd", "Live", "1-9000018", "Dom care", "ask finance", "31/03/2027", ""),
    ("P-019", "St Aldate's Care Ltd", "Live", "1-9000019", "Dom care", '"£154,000"', "31/03/2028", ""),
    ("P-020", "Sallowfen Care Ltd", "Closed", "1-9000020", "Dom care", '"£44,000"', "30/09/2025", ""),
    ("P-021", "Thornybeck Day Centre", "Live", "n/a", "Day", '"£38,000"', "31/03/2027", ""),
    ("P-022", "Umberleigh Court Ltd", "Live", "1-9000022", "Residential", '"£890,000"', "31/03/2028", "Good"),
]

# Number, name, status, rating, town; Café has its é in Windows-1252.
REGULATOR = [
    ("1-9000001", "Aldermoor Care Ltd", "Registered", "Good", "Stowbury"),
    ("1-9000002", "Brindlecote Living Ltd", "Registered", "Good", "Stowbury"),
    ("1-9000003", "Caddow House Limited", "Registered", "Requires improvement", "Caddow"),
    ("1-9000004", "Dunmere Support CIC", "Registered", "Good", "Dunmere"),
    ("1-9000005", "Elmstead Homecare Ltd", "Registered", "Good", "Stowbury"),
    ("1-9000007", "Gorsey Bank Homes Ltd", "Registered", "Outstanding", "Gorsey"),
    ("1-9000008", "Hallowby Care & Support Ltd", "Registered", "Good", "Hallowby"),
    ("1-9000009", "Innesthorpe Supported Living Ltd", "Deregistered", "Good", "Innesthorpe"),
    ("1-9000011", "Kettlewick House Ltd", "Registered", "Inadequate", "Kettlewick"),
    ("1-9000012", "Larkstile Support Ltd", "Registered", "Good", "Stowbury"),
    ("1-9000012", "Larkstile Support Ltd", "Registered", "Good", "Stowbury (annexe)"),
    ("1-9000013", "Millrace Homecare Ltd", "Registered", "Good", "Millrace"),
    ("1-9000014", "Nethercombe Trust", "Registered", "Good", "Nethercombe"),
    ("1-9000015", "Ostlebury Care Ltd", "Registered", "Good", "Ostlebury"),
    ("1-9000016", "Pennyfold Living Ltd", "Registered", "Requires improvement", "Stowbury"),
    ("1-9000018", "Rushyford Care Ltd", "Registered", "Good", "Rushyford"),
    ("1-9000019", "St Aldates Care Limited", "Registered", "Good", "Stowbury"),
    ("1-9000022", "Umberleigh Court Ltd", "Registered", "Good", "Umberleigh"),
    ("1-9000099", "Café Verbena Support Ltd", "Registered", "Good", "Elsewhere"),
]

# Provider, worker, name, role, DBS issued (a number is a date as a spreadsheet counts days), Update Service.
STAFF = [
    ("P-001", "W-101", "Invented Person 1", "Care worker", 45366, "No"),
    ("P-001", "W-102", "Invented Person 2", "Care worker", "12/03/2024", "No"),
    ("P-002", "W-201", "Invented Person 3", "Support worker", "3 Apr 2024", ""),
    ("p-003", "W-301", "Invented Person 4", "Senior carer", 44713, "Yes"),
    ("p-003", "W-302", "Invented Person 5", "Carer", 44562, "No"),
    ("P-004", "W-401", "Invented Person 6", "Support worker", "2025-01-20", "No"),
    ("P-005", "W-501", "Invented Person 7", "Care worker", 45717, "No"),
    ("P-006", "W-601", "Invented Person 8", "Day officer", 45292, "No"),
    ("P-007", "W-701", "Invented Person 9", "Nurse", 45658, "Yes"),
    ("P-007", "W-702", "Invented Person 10", "Carer", "", "No"),
    ("P-008", "W-801", "Invented Person 11", "Care worker", "31/02/2024", "No"),
    ("P-009", "W-901", "Invented Person 12", "Support worker", 45901, "No"),
    ("P-011", "W-1101", "Invented Person 13", "Carer", 45444, "No"),
    ("P-012", "W-1201", "Invented Person 14", "Support worker", "1 Jun 2023", "No"),
    ("P-013", "W-1301", "Invented Person 15", "Care worker", 45809, "No"),
    ("P-014", "W-1401", "Invented Person 16", "Carer", "09/09/2024", "No"),
    ("P-015", "W-1501", "Invented Person 17", "Care worker", 45536, "No"),
    ("P-016", "W-1601", "Invented Person 18", "Support worker", 45474, "No"),
    ("P-017", "W-1701", "Invented Person 19", "Carer", "28/02/2025", "No"),
    ("P-018", "W-1801", "Invented Person 20", "Care worker", 45748, "No"),
    ("P-019", "W-1901", "Invented Person 21", "Care worker", 45778, "No"),
    ("P-021", "W-2101", "Invented Person 22", "Day officer", 45200, "Yes"),
    ("P-022", "W-2201", "Invented Person 23", "Carer", 45611, "No"),
    ("P-077", "W-7701", "Invented Person 24", "Carer", 45611, "No"),
]

LEAVERS = [("P-001", "W-099", "Invented Person 25", "Care worker", 44927, "No")]

# Insured, policy, type, limit, expires.
INSURANCE = [
    ("Aldermoor Care Limited", "PL-1", "PL", "£10,000,000", "31/03/2027"),
    ("Aldermoor Care Limited", "EL-1", "EL", "£10,000,000", "31/03/2027"),
    ("Brindlecote Living Limited", "PL-2", "PL", "£5,000,000.00", "30/09/2026"),
    ("CADDOW HOUSE LTD", "PL-3", "PL", "£10,000,000", "31/12/2026"),
    ("Dunmere Support", "PL-4", "PL", "£2,000,000", "31/01/2027"),
    ("Elmstead Homecare Ltd.", "PL-5", "PL", "£5,000,000", "01/02/2026"),
    ("Fernhale Day Services", "PL-6", "PL", "5 million", "31/03/2027"),
    ("Gorsey Bank Homes Ltd", "PL-7", "PL", "£10,000,000", "31/08/2026"),
    ("Hallowby Care and Support Ltd", "PL-8", "PL", "£5,000,000", "31/03/2027"),
    ("Innesthorpe Supported Living Ltd", "PL-9", "PL", "£5,000,000", "31/03/2027"),
    ("Kettlewick House Ltd t/a Kettlewick Grange", "PL-11", "PL", "£5,000,000", "31/03/2027"),
    ("Larkstile Support Ltd", "PL-12", "PL", "£5,000,000", "31/03/2027"),
    ("Millrace Homecare Ltd", "PL-13", "PL", "£5,000,000", "31/03/2027"),
    ("Nethercombe Trust", "PL-14", "PL", "£5,000,000", "31/03/2027"),
    ("Ostlebury Care Ltd", "PL-15", "PL", "£5,000,000", "31/03/2027"),
    ("Pennyfold Living Ltd", "PL-16", "PL", "£6,500,000", "31/03/2027"),
    ("Quernmoor Homes Ltd", "PL-17", "PL", "£5,000,000", "31/03/2027"),
    ("Rushyford Care Ltd", "PL-18", "PL", "£5,000,000", "31/03/2027"),
    ("St. Aldates Care Ltd", "PL-19", "PL", "£5,000,000", "31/03/2027"),
    ("Umberleigh Court Ltd", "PL-22", "PL", "£10,000,000", "31/03/2027"),
    ("Vantry Homes Ltd", "PL-88", "PL", "£5,000,000", "31/03/2027"),
]

# When, provider, what for.
VISITS = [
    ("14 Jan 2026", "P 001", "Monitoring"), ("02/02/2026", "P-002", "Monitoring"), ("05/02/2026", "p-003", "Monitoring"),
    ("11/11/2025", "P-004", "Monitoring"), ("12/11/2025", "P-005", "Monitoring"), ("20 Mar 2026", "P-006", "Monitoring"),
    ("21/03/2026", "P-007", "Monitoring"), ("03/04/2025", "P-008", "Monitoring"), ("09/12/2025", "P-009", "Concern"),
    ("10/05/2026", "P-011", "Concern"), ("11/05/2026", "P-011", "Concern"), ("06/01/2026", "P-012", "Monitoring"),
    ("07/01/2026", "P-013", "Monitoring"), ("08/01/2026", "P-014", "Monitoring"), ("soon", "P-015", "Monitoring"),
    ("04/12/2025", "P-016", "Monitoring"), ("05/12/2025", "P-017", "Monitoring"), ("15/10/2025", "P-018", "Monitoring"),
    ("16/10/2025", "P-019", "Monitoring"), ("18/02/2026", "P-022", "Monitoring"), ("19/02/2026", "P-404", "Monitoring"),
]

COMPLAINTS = [
    ("C-1", "P-001", "2026-02-03", "2026-02-05"), ("C-2", "P-003", "2026-03-02", "2026-03-20"),
    ("C-3", "P-011", "2026-06-01", None), ("C-4", "P-011", "2026-06-27", None),
    ("C-5", "P-016", "2026-01-12", "2026-01-14"), ("C-6", "P-500", "2026-04-01", "2026-04-02"),
]


def register():
    lines = [
        "Stowbury County Council (invented): care contracts,,,,,,,",
        "Printed 30/06/2026. Every provider in this file is made up,,,,,,,",
        ",,,,,,,",
        "Provider,,Contract,Provider,Contract,,,",
        "Ref,Name,Status,Regulator no.,Service,Annual value,Ends,Rating seen",
    ]
    text = "\r\n".join(lines + [",".join(row) for row in REGISTER]) + "\r\n,,,,,,,\r\n"
    (FILES / "contracts-register.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())


def regulator():
    rows = [("Provider ID", "Provider name", "Status", "Latest rating", "Town"), *REGULATOR]
    text = "\n".join(",".join(row) for row in rows) + "\n"
    (FILES / "regulator-download.csv").write_bytes(text.encode("windows-1252"))


def insurance():
    rows = [("Insured", "Policy", "Type", "Limit", "Expires"), *INSURANCE]
    (FILES / "insurance-log.csv").write_bytes(("\r\n".join(";".join(row) for row in rows) + "\r\n").encode())


def visits():
    rows = [("When", "Provider ref", "What for"), *VISITS]
    text = "\r\n".join("\t".join(row) for row in rows) + "\r\n"
    (FILES / "visits-diary.tsv").write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))


def complaints():
    log = [
        {"ref": ref, "provider": provider, "dates": {"received": received, "acknowledged": acknowledged}}
        for ref, provider, received, acknowledged in COMPLAINTS
    ]
    (FILES / "complaints.json").write_text(json.dumps({"made_up": True, "log": log}, indent=1) + "\n")


# A workbook is a zip of XML.


def cell(reference, value):
    if value == "":
        return ""
    if isinstance(value, int):
        return f'<c r="{reference}" s="1"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def sheet(title, rows):
    header = ("Provider", "Worker", "Name", "Role", "DBS issued", "Update Service")
    xml = []
    for number, row in enumerate([(title,), (), header, *rows], start=1):
        cells = "".join(cell(f"{'ABCDEF'[index]}{number}", value) for index, value in enumerate(row))
        xml.append(f'<row r="{number}">{cells}</row>')
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + "".join(xml) + "</sheetData></worksheet>"
    )


def staff():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    document = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{document}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{document}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{document}.worksheet+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{document}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="Care team" sheetId="1" r:id="rId1"/>'
        '<sheet name="Leavers" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{relations}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="rId3" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
        # Style 1 shows a number as a date.
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet("Care team at 30 June 2026; everybody in this file is made up", STAFF),
        "xl/worksheets/sheet2.xml": sheet("Leavers; everybody in this file is made up", LEAVERS),
    }
    with zipfile.ZipFile(FILES / "staff.xlsx", "w", zipfile.ZIP_DEFLATED) as workbook:
        for name, text in parts.items():
            part = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            workbook.writestr(part, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for write in (register, regulator, insurance, visits, complaints, staff):
        write()
