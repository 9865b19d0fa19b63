#!/usr/bin/env python3
"""Prints what an lcov file says of folders: what ran of their lines and branches, and what did not.

Usage: coverage_report.py LCOV FOLDER…

Exit code 0 if and only if every line ran, but for the exceptions in exceptions.txt, and at least
95 % of the branches.
"""

import pathlib
import re
import sys

BRANCHES_LEAST = 95.0
EXCEPTIONS = pathlib.Path(__file__).parent / "exceptions.txt"


class File:
    """What ran of one source file: by line, and by line and branch."""

    def __init__(self):
        self.lines = {}
        self.branches = {}

    def add_line(self, line, count):
        self.lines[line] = self.lines.get(line, 0) + count

    def add_branch(self, line, name, count):
        key = (line, name)
        self.branches[key] = self.branches.get(key, 0) + count

    def leave_out(self, unreachable):
        self.lines = {n: c for n, c in self.lines.items() if n not in unreachable}
        self.branches = {k: c for k, c in self.branches.items() if k[0] not in unreachable}

    def missed(self):
        return sorted(line for line, count in self.lines.items() if count == 0)

    def counts(self):
        """Lines that ran, lines, branches that ran, branches."""
        return (sum(c > 0 for c in self.lines.values()), len(self.lines),
                sum(c > 0 for c in self.branches.values()), len(self.branches))


def read_lcov(text):
    files = {}
    current = None
    for record in text.splitlines():
        kind, _, value = record.partition(":")
        if kind == "SF":
            current = files.setdefault(value, File())
        elif kind == "DA":
            line, count = value.split(",")[:2]
            current.add_line(int(line), int(count))
        elif kind == "BRDA":
            line, block, branch, count = value.split(",")
            current.add_branch(int(line), (block, branch), 0 if count == "-" else int(count))
    return files


def read_exceptions(text):
    rows = (row for row in text.splitlines() if row and not row.startswith("#"))
    return [re.compile(row.split("\t")[0]) for row in rows]


def unreachable_lines(source, exceptions):
    return {number for number, line in enumerate(source.splitlines(), 1)
            if any(pattern.search(line) for pattern in exceptions)}


def ranges(numbers):
    """1, 2, 3, 7 → "1-3, 7"."""
    parts = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def share(part, whole):
    return 100.0 if whole == 0 else 100.0 * part / whole


def report(files):
    """The table, and whether it is good enough."""
    text = f"{'file':<52} {'lines':>7} {'branches':>9}  lines that did not run\n"
    total = [0, 0, 0, 0]
    for name, file in sorted(files.items()):
        counts = file.counts()
        total = [a + b for a, b in zip(total, counts)]
        lines, branches = share(*counts[:2]), share(*counts[2:])
        if lines < 100 or branches < BRANCHES_LEAST:
            text += f"{name:<52} {lines:6.1f}% {branches:8.1f}%  {ranges(file.missed())}\n"
    lines, branches = share(*total[:2]), share(*total[2:])
    text += (f"\n{len(files)} files: {total[0]} of {total[1]} lines ({lines:.2f} %), "
             f"{total[2]} of {total[3]} branches ({branches:.2f} %)\n")
    return text, lines == 100 and branches >= BRANCHES_LEAST


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    lcov, *folders = arguments
    exceptions = read_exceptions(EXCEPTIONS.read_text(encoding="utf-8"))
    root = pathlib.Path.cwd()
    chosen = {}
    for name, file in read_lcov(pathlib.Path(lcov).read_text(encoding="utf-8")).items():
        path = pathlib.Path(name)
        relative = str(path.relative_to(root)) if path.is_relative_to(root) else name
        if not any(relative.startswith(folder.rstrip("/") + "/") for folder in folders):
            continue
        source = path.read_text(encoding="utf-8")
        file.leave_out(unreachable_lines(source, exceptions))
        chosen[relative] = file
    text, is_enough = report(chosen)
    print(text, end="")
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
