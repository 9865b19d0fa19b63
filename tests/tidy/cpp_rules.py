"""Rules for C++ sources. Each takes all sources and yields the faults it finds."""

import re
from pathlib import PurePosixPath

from bans import BANS, HEADERS, WORDS, is_banned_header
from functions import find_functions
from sources import Fault

FUNCTION_LINES = 70
LAYERS = ["base", "wire", "core", "io", "manager"]  # Includes point from right to left.
PUBLIC_FOLDERS = ["include/wsm", "include/wsm/detail"]
STANDARD_HEADER = re.compile(r"[a-z_]+$")


def function_length(sources):
    for source in _cpp(sources):
        for function in find_functions(source.code):
            if function.lines > FUNCTION_LINES:
                text = f"{function.name} has {function.lines} lines; at most {FUNCTION_LINES}"
                yield Fault(source.path, function.line, "function-length", text)


def layers(sources):
    """base ← wire ← core ← io ← manager ← apps; include/wsm is for all and needs nobody."""
    for source in _cpp(sources):
        for line, quote, path in source.includes:
            text = _fault_of_include(source, quote, path)
            if text:
                yield Fault(source.path, line, "layers", text)


def _fault_of_include(source, quote, path):
    first = path.split("/")[0]
    if source.is_under("include", "examples", "tests/install"):
        if quote == "<" and (STANDARD_HEADER.match(path) or first == "wsm"):
            return None
        return f"{path}: only the standard library and <wsm/…> here"
    if quote == '"' and path.startswith("wsm/"):
        return f"<{path}>: public headers are included with angle brackets"
    own = source.path.split("/")[1] if source.is_under("src") else None
    if own not in LAYERS or quote != '"':
        return None
    if first not in LAYERS:
        return f"{path}: give the path below src/"
    if LAYERS.index(first) > LAYERS.index(own):
        return f"{path}: {own} is below {first} and must not see it"
    return None


def banned(sources):
    for source in _cpp(sources):
        for ban in BANS:
            if source.is_under(*ban.folders):
                for match in ban.pattern.finditer(source.code):
                    line = source.line_of(match.start())
                    text = f"`{_shown(match[0])}`: instead, {ban.instead}"
                    yield Fault(source.path, line, "banned", text)
        for folders, prefixes, instead in HEADERS:
            if source.is_under(*folders):
                for line, _, path in source.includes:
                    if is_banned_header(path, prefixes):
                        yield Fault(source.path, line, "banned", f"<{path}>: instead, {instead}")
        for pattern, instead in WORDS:
            for match in pattern.finditer(source.text):
                line = source.line_of(match.start())
                yield Fault(source.path, line, "banned", f"`{match[0]}`: instead, {instead}")


def _shown(token):
    return " ".join(token.split())


def enum_text(sources):
    """An enum that others see can say its values. Two kinds are nobody else's business: private
    ones, and those that end with kCount, which number the rows of a table."""
    pattern = re.compile(r"\benum\s+(?:class|struct)\s+(\w+)[^;{]*\{([^}]*)\}")
    for source in _cpp(sources):
        if not source.name.endswith(".h") or not source.is_under("include", "src", "apps"):
            continue
        for match in pattern.finditer(source.code):
            name, body = match[1], match[2]
            if re.search(r"\bkCount\s*,?\s*$", body) or _is_private(source.code, match.start()):
                continue
            if not re.search(rf"\bto_string\(\s*(?:const\s+)?(?:\w+::)*{name}\b", source.code):
                line = source.line_of(match.start())
                yield Fault(source.path, line, "enum-text", f"{name} has no to_string beside it")


def _is_private(code, offset):
    line_begin = code.rfind("\n", 0, offset) + 1
    if code[line_begin:offset].strip() or line_begin == offset:
        return False
    specifiers = re.findall(r"^\s*(public|private|protected):|^\};|^(?:class|struct)\b",
                            code[:offset], re.MULTILINE)
    return bool(specifiers) and specifiers[-1] == "private"


def test_file(sources):
    """src/a/b.cc is tested by tests/unit/a/b_test.cc, or by several b_…_test.cc; what needs the
    system, in tests/io. A source without a header of its own is a part of another: b_part.cc, of b.
    """
    paths = {source.path for source in sources}
    for source in sources:
        if not source.is_under("src") or not source.path.endswith(".cc"):
            continue
        mirror = "tests/unit" + source.folder.removeprefix("src")
        stem = _stem_of_class(source, paths)
        tests = re.compile(rf"({re.escape(mirror)}|tests/io)/{re.escape(stem)}(_\w+)?_test\.cc")
        if not any(tests.fullmatch(path) for path in paths):
            text = f"{mirror}/{stem}_test.cc is missing"
            yield Fault(source.path, 1, "test-file", text)


def _stem_of_class(source, paths):
    words = source.stem.split("_")
    for count in range(len(words), 0, -1):
        stem = "_".join(words[:count])
        if any(f"{folder}/{stem}.h" in paths for folder in (source.folder, *PUBLIC_FOLDERS)):
            return stem
    return source.stem


def unlisted(sources):
    """A source that no CMakeLists.txt names is not built; a header that nobody includes is dead."""
    lists = {source.folder: source.text for source in sources if source.name == "CMakeLists.txt"}
    included = {path for source in _cpp(sources) for _, _, path in source.includes}
    for source in _cpp(sources):
        if source.name.endswith(".cc"):
            nearby = [lists[folder] for folder in _ancestors(source) if folder in lists]
            if not any(_names(cmake, source) for cmake in nearby):
                yield Fault(source.path, 1, "unlisted", "no CMakeLists.txt names this file")
        elif not any(source.path == path or source.path.endswith("/" + path) for path in included):
            yield Fault(source.path, 1, "unlisted", "no file includes this header")


def _ancestors(source):
    return [str(folder) for folder in PurePosixPath(source.path).parents]


def _names(cmake, source):
    name = re.escape(source.name)
    stem = re.escape(source.stem)
    return re.search(rf"(?<!\w){name}(?!\w)|(?:^|[\s(]){stem}(?:[\s)]|$)", cmake, re.MULTILINE)


def _cpp(sources):
    return (source for source in sources if source.is_cpp)
