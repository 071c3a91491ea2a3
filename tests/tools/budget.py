"""budget.toml, and the table in README.md that is made of it."""

import json
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FILE, README = HERE / "budget.toml", HERE / "README.md"
BEGIN, END = "<!-- tools/measure.py writes from here -->\n", "<!-- to here -->\n"
HEAD = """\
# What the core may cost on a device. tools/measure.py --check compares, --write rewrites. A number rises only
# with a reason of its own row, which stands here until the row's next one.
"""
TABLES = {
    "flash": "Flash, bytes",
    "RAM": "RAM for good, bytes",
    "stack": "Peak stack, bytes",
    "instructions": "Instructions",
}


def needed(n):
    """What a factorisation needs: README.md says how this is counted."""
    updates = n * (n * n - 1) // 6
    beside = n * (n - 1) // 2
    return 4 * updates + 5 * beside + 6 * n


GOALS = [
    ("flash", "fit and predict, N = 32", 8192),
    ("instructions", "mean", 1500),
    ("instructions", "factor N = 15", 3 * needed(15) // 2),
]


class Budget:
    def __init__(self, compiler="", rows=None, reasons=None):
        self.compiler = compiler
        self.rows = rows or {}  # {(table, name): {column: number}}
        self.reasons = reasons or {}  # {(table, name): text}


def read():
    if not FILE.exists():
        return Budget()
    data = tomllib.loads(FILE.read_text())
    rows = {(table, name): dict(row) for table in TABLES for name, row in data.get(table, {}).items()}
    reasons = {key: row.pop("reason") for key, row in rows.items() if "reason" in row}
    return Budget(data["compiler"], rows, reasons)


def reason_for(key, given):
    """The text of the first of `given`, each "WORDS: TEXT", whose words stand in "TABLE of ROW", or None."""
    for words, _, text in (reason.partition(": ") for reason in given):
        if text and words in f"{key[0]} of {key[1]}":
            return text
    return None


def write(old, results, compiler, given, columns):
    """Takes the measured columns over; 1 if a number would rise without a reason for its row."""
    if old.compiler != compiler and set(results) != set(columns):
        print(f"budget.toml is for {old.compiler}, these numbers are from {compiler}: measure all targets")
        return 1
    keys = [key for numbers in results.values() for key in numbers]
    keys = [key for table in TABLES for key in dict.fromkeys([*keys, *old.rows]) if key[0] == table]
    new, refused = Budget(compiler), []
    for key in keys:
        before = old.rows.get(key, {})
        row = {c: results[c].get(key) if c in results else before.get(c) for c in columns}
        row = {c: number for c, number in row.items() if number is not None}
        rises = {c: (before.get(c), n) for c, n in row.items() if c not in before or n > before[c]}
        reason = reason_for(key, given) if rises else old.reasons.get(key)
        if rises and before and not reason:
            refused.append(f"{key[0]} of {key[1]} rises, {rises}")
        if row:
            new.rows[key] = row
        if row and reason:
            new.reasons[key] = reason
    if refused:
        print("\n".join(refused) + "\ngive each a --reason 'ROW: why'")
        return 1
    text = HEAD + f'compiler = "{new.compiler}"\n'
    for (table, name), row in new.rows.items():
        text += f'\n[{table}."{name}"]\n'
        text += "".join(f'"{column}" = {number}\n' for column, number in row.items())
        if reason := new.reasons.get((table, name)):
            text += f"reason = {json.dumps(reason, ensure_ascii=False)}\n"
    FILE.write_text(text)
    refresh(new, columns)
    return 0


def refresh(budget, columns):
    before, _, after = split(README.read_text())
    README.write_text(before + rendered(budget, columns) + after)


def is_fresh(budget, columns):
    return split(README.read_text())[1] == rendered(budget, columns)


def split(text):
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    return before + BEGIN, table, END + after


def rendered(budget, columns):
    text = f"\nWith {budget.compiler}.\n"
    for table, title in TABLES.items():
        rows = {name: row for (kind, name), row in budget.rows.items() if kind == table}
        used = [column for column in columns if any(column in row for row in rows.values())]
        text += f"\n| {title} | {' | '.join(used)} |\n|---|{'---:|' * len(used)}\n"
        for name, row in rows.items():
            numbers = [f"{row[column]:,}" if column in row else "" for column in used]
            text += f"| {name} | {' | '.join(numbers)} |\n"
    return text + goals(budget)


def goals(budget):
    """What was aimed at on the M4F, and whether it is there."""
    text = f"\nA factorisation of 15 rows needs {needed(15):,} operations, one of 64 rows {needed(64):,}. Goals on the M4F:\n\n"
    for table, name, goal in GOALS:
        number = budget.rows.get((table, name), {}).get("M4F")
        if number is not None:
            state = "reached" if number <= goal else f"{number / goal:.2f} times too many"
            text += f"- {name}: {number:,} of {goal:,} {'bytes' if table == 'flash' else table}, {state}\n"
    return text + "\n"
