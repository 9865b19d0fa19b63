"""Rules for all text: sizes, links, the changelog."""

import re
from pathlib import PurePosixPath

from sources import Fault

COLUMNS = 100
FILE_LINES = 400
CHANGELOG_SECTIONS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def columns(sources):
    for source in sources:
        if source.is_code:
            for number, line in enumerate(source.lines, 1):
                if len(line) > COLUMNS:
                    text = f"{len(line)} columns; at most {COLUMNS}"
                    yield Fault(source.path, number, "columns", text)


def file_length(sources):
    for source in sources:
        if source.is_code and len(source.lines) > FILE_LINES:
            text = f"{len(source.lines)} lines; at most {FILE_LINES}: where is the cut?"
            yield Fault(source.path, FILE_LINES + 1, "file-length", text)


def links(sources):
    """Links of Markdown files that stay in the tree lead to a file, and to a heading in it."""
    texts = {source.path: source for source in sources}
    folders = {str(folder) for path in texts for folder in PurePosixPath(path).parents}
    for source in sources:
        if not source.name.endswith(".md"):
            continue
        for line, target in _link_targets(source):
            path, _, anchor = target.partition("#")
            wanted = _join(source.folder, path) if path else source.path
            if wanted not in texts and wanted not in folders:
                yield Fault(source.path, line, "links", f"{target}: there is no {wanted}")
            elif anchor and wanted.endswith(".md") and anchor not in _anchors(texts[wanted]):
                yield Fault(source.path, line, "links", f"{target}: there is no heading #{anchor}")


def _link_targets(source):
    inline = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
    reference = re.compile(r"^\s*\[[^\]]+\]:\s+<?([^\s>]+)>?")
    for number, line in _lines_of_prose(source):
        line = re.sub(r"`[^`]*`", "", line)
        targets = inline.findall(line) + reference.findall(line)
        yield from ((number, target) for target in targets if not re.match(r"\w+:", target))


def _lines_of_prose(source):
    is_code = False
    for number, line in enumerate(source.lines, 1):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code:
            yield number, line


def _join(folder, path):
    parts = [] if path.startswith("/") else [part for part in folder.split("/") if part != "."]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1] if parts else ["(outside of the project)"]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def _anchors(source):
    """As the common forges make them: lower case, no punctuation, hyphens for spaces."""
    anchors = set()
    for _, line in _lines_of_prose(source):
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if not heading:
            continue
        text = re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-")
        number = 0
        while (anchor := f"{text}-{number}" if number else text) in anchors:
            number += 1
        anchors.add(anchor)
    return anchors


def changelog(sources):
    """The form of keepachangelog.com; what is not yet released stands first."""
    source = next((source for source in sources if source.path == "CHANGELOG.md"), None)
    if source is None:
        yield Fault("CHANGELOG.md", 1, "changelog", "is missing")
        return
    for line, text in _changelog_faults(source.lines):
        yield Fault(source.path, line, "changelog", text)


def _changelog_faults(lines):
    if not lines or lines[0] != "# Changelog":
        yield 1, "the first line is `# Changelog`"
    versions = []
    section = None  # (line, name) of the one whose entries are awaited.
    for number, line in enumerate(lines, 1):
        if line.startswith("## "):
            yield from _empty_section(section)
            section = None
            yield from _version_faults(number, line, versions)
        elif line.startswith("### "):
            yield from _empty_section(section)
            section = (number, line[4:])
            if line[4:] not in CHANGELOG_SECTIONS:
                yield number, f"`{line[4:]}` is none of {', '.join(CHANGELOG_SECTIONS)}"
        elif line.startswith("- "):
            section = None
            yield from _entry_faults(number, lines)
    yield from _empty_section(section)
    if not versions:
        yield 1, "there is no `## [Unreleased]`"


def _empty_section(section):
    if section:
        yield section[0], f"`{section[1]}` has no entry"


def _version_faults(number, line, versions):
    match = re.fullmatch(r"## \[(Unreleased|(\d+)\.(\d+)\.(\d+))\](?: - (\d{4}-\d\d-\d\d))?", line)
    if not match or (match[1] == "Unreleased") == bool(match[5]):
        yield number, "a version is `## [1.2.3] - 2026-01-31` or `## [Unreleased]`"
        return
    version = tuple(map(int, match.group(2, 3, 4))) if match[2] else (float("inf"),)
    if versions and version >= versions[-1]:
        yield number, "the newest version stands first, each once"
    versions.append(version)


def _entry_faults(number, lines):
    """An entry goes on over indented lines and ends with a full stop."""
    last = number
    while last < len(lines) and lines[last].startswith("  "):
        last += 1
    if not lines[last - 1].rstrip().endswith("."):
        yield last, "an entry is made of sentences and ends with a full stop"
