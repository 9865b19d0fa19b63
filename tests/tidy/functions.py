"""Finds the function bodies of a C++ source, well enough to measure them."""

import re
from dataclasses import dataclass

_LABEL = re.compile(r"\s*(?:(?:public|private|protected)\s*:(?!:))*\s*")
_NAMESPACE = re.compile(r'(inline\s+)?namespace\b|extern\s*"')
_TYPE = re.compile(r"(template\s*<.*>\s*)?(class|struct|union|enum)\b", re.DOTALL)
_QUALIFIERS = re.compile(
    r"\s*(\b(const|noexcept|override|final|mutable|try)\b|&|\s)*(->.*)?$", re.DOTALL)
_FLAT_CASE = re.compile(r"\s*case\b.*:\s*return\b.*;\s*$")


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int  # Rows of a flat switch table do not count.


def find_functions(code):
    """`code` is C++ without comments and literals. Yields each function that has a body.

    A brace belongs to a namespace, a type, an initialiser or a function, as the text before it
    tells: the head, which begins behind the last statement or block. What is inside a function is
    part of it.
    """
    code = _without_directives(code)
    scopes = []  # (kind, where its head begins)
    head = 0
    for match in re.finditer(r"[{};]", code):
        inside = scopes[-1][0] if scopes else "namespace"
        if match[0] == "{":
            is_settled = inside in ("function", "initialiser")
            kind = inside if is_settled else _kind(code[head : match.start()])
            scopes.append((kind, head))
            if kind != "initialiser":
                head = match.end()
        elif match[0] == "}" and scopes:
            kind, begin = scopes.pop()
            outside = scopes[-1][0] if scopes else "namespace"
            if kind == "function" and outside != "function":
                yield _measure(code, begin, match.end())
            if kind == "initialiser":
                continue  # The same declaration goes on.
            head = match.end()
        elif match[0] == ";" and inside != "initialiser":
            head = match.end()


def _without_directives(code):
    directive = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
    return directive.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), code)


def _kind(head):
    head = head[_LABEL.match(head).end() :].rstrip()
    if _NAMESPACE.match(head):
        return "namespace"
    if _TYPE.match(head) and not head.endswith(")"):
        return "type"
    if head.endswith("}"):  # The last member of a constructor's list; its body follows.
        return "function"
    if ")" in head and _QUALIFIERS.match(head, head.rindex(")") + 1):
        return "function"
    return "initialiser"


def _measure(code, begin, end):
    begin += _LABEL.match(code, begin).end() - begin
    text = code[begin:end]
    name = re.search(r"(operator\s*\S+?|[~\w:]+)\s*\(", text)
    lines = text.splitlines()
    return Function(
        name=name[1] if name else "a function",
        line=code.count("\n", 0, begin) + 1,
        lines=sum(not _FLAT_CASE.match(line) for line in lines),
    )
