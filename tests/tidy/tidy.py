#!/usr/bin/env python3
"""Checks what a compiler does not: sizes, layers, words, tests beside sources, links.

Usage: tidy.py [ROOT]

Prints one line for each fault and exits with 1 if there is any. An exception to a rule needs an
entry in ALLOWED with its reason; an entry that has become needless is a fault as well.
"""

import sys
from pathlib import Path

import cpp_rules
import text_rules
from sources import Fault, read_tree

RULES = [
    text_rules.columns,
    text_rules.file_length,
    text_rules.links,
    text_rules.changelog,
    cpp_rules.function_length,
    cpp_rules.layers,
    cpp_rules.banned,
    cpp_rules.enum_text,
    cpp_rules.test_file,
    cpp_rules.unlisted,
]

ENGINE_TESTS = "tests/manager drives it through ShardManager, over real sockets."

# (rule, path): reason.
ALLOWED = {
    ("banned", "src/base/assert.cc"): "The last words before abort() have nowhere else to go.",
    ("banned", "src/io/tls_memory.h"): "What OpenSSL lacks is what operator new throws for.",
    ("test-file", "src/io/driver.cc"): ENGINE_TESTS,
    ("test-file", "src/manager/engine.cc"): ENGINE_TESTS,
    ("test-file", "src/manager/engine_breakdown.cc"): "tests/torture has it break down.",
    ("test-file", "src/manager/engine_commands.cc"): ENGINE_TESTS,
    ("test-file", "src/manager/engine_host.cc"): ENGINE_TESTS,
}


def check(sources, allowed):
    """Every fault that is not allowed, in order of place."""
    used = set()
    faults = []
    for rule in RULES:
        for fault in rule(sources):
            if (fault.rule, fault.path) in allowed:
                used.add((fault.rule, fault.path))
            else:
                faults.append(fault)
    for rule, path in allowed.keys() - used:
        faults.append(Fault(path, 1, rule, "is allowed an exception that it does not need"))
    return sorted(faults)


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    root = arguments[0] if arguments else Path(__file__).resolve().parents[2]
    sources = read_tree(root)
    faults = check(sources, ALLOWED)
    for fault in faults:
        print(fault)
    print(f"tidy: {len(sources)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
