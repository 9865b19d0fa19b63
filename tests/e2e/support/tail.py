"""The program under test."""

import os

from .process import Process

SUBSCRIBE = '{"op":"subscribe","args":$topics,"id":$id}'


def wsm_program():
    try:
        return os.environ["WSM"]
    except KeyError:
        raise AssertionError("WSM must be the path of the program wsm") from None


class Tail(Process):
    """`wsm tail` with `arguments`."""

    def __init__(self, *arguments):
        super().__init__([wsm_program(), "tail", *arguments])


def run_tail(*arguments):
    """Runs `wsm tail` to its end: exit code, stdout, stderr."""
    with Tail(*arguments) as tail:
        tail.child.stdin.close()
        code = tail.wait()
        return code, tail.stdout.text(), tail.stderr.text()
