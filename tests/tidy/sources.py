"""The files of a tree, and what every rule needs to know of one of them."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

CPP = (".h", ".cc")
CODE = (*CPP, ".py", ".sh", ".js", ".mjs", ".cjs")
SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__"}

_COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<!\w)'(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong, where, and by which rule."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.text}"


@dataclass(frozen=True)
class Source:
    """One text file; `path` is relative to the root, with slashes."""

    path: str
    text: str

    @property
    def folder(self):
        return str(PurePosixPath(self.path).parent)

    @property
    def name(self):
        return PurePosixPath(self.path).name

    @property
    def stem(self):
        return PurePosixPath(self.path).stem

    @property
    def is_cpp(self):
        return self.path.endswith(CPP)

    @property
    def is_code(self):
        return self.path.endswith(CODE) or self.text.startswith("#!")

    def is_under(self, *folders):
        return any(self.path.startswith(folder + "/") for folder in folders)

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @cached_property
    def code(self):
        """The text with comments and what stands in literals blanked; places stay the same."""
        return _COMMENT_OR_LITERAL.sub(_blank, self.text)

    @cached_property
    def includes(self):
        """(line, '<' or '"', path) of each include."""
        pattern = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
        found = ((number, pattern.match(line)) for number, line in enumerate(self.lines, 1))
        return [(number, match[1], match[2]) for number, match in found if match]

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


def _blank(match):
    literal = match[0]
    keep = 0 if literal.startswith("/") else 1  # Quotes stay, so that a literal is still seen.
    inner = re.sub(r"[^\n]", " ", literal[keep : len(literal) - keep])
    return literal[:keep] + inner + literal[len(literal) - keep :]


def read_tree(root):
    """Every text file below `root` that is not built, hidden or fetched; in order of path."""
    sources = []
    for folder, subfolders, files in os.walk(root):
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        subfolders[:] = sorted(
            name for name in subfolders
            if not name.startswith(".") and not (inside == "." and name in SKIPPED_FOLDERS)
            and name not in SKIPPED_FOLDERS - {"build"}
        )
        for name in sorted(files):
            if name.startswith("."):
                continue
            path = os.path.join(folder, name)
            try:
                with open(path, encoding="utf-8") as file:
                    text = file.read()
            except UnicodeDecodeError:
                continue  # Not text: a certificate, a captured stream.
            sources.append(Source(name if inside == "." else f"{inside}/{name}", text))
    return sources
