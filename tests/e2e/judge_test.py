"""The judge itself: it has to find what clients break, and its table has to be up to date."""

import pathlib
import socket
import subprocess
import unittest

from support.judge import FOLDER, Judge
from support.process import PATIENCE
from support.servers import program

CASES = pathlib.Path(__file__).parents[2] / "conformance" / "cases.md"

KEY = bytes([1, 2, 3, 4])
CLOSE_1000 = bytes([0x03, 0xE8])

UPGRADE = """GET /runCase?case=1&agent=a HTTP/1.1\r
Host: judge\r
Upgrade: websocket\r
Connection: Upgrade\r
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
Sec-WebSocket-Version: 13\r
\r
"""


def frame(first, payload=b""):
    masked = bytes(byte ^ KEY[i % 4] for i, byte in enumerate(payload))
    return bytes([first, 0x80 | len(payload)]) + KEY + masked


ECHO = frame(0x81)
CLOSE = frame(0x88, CLOSE_1000)


def verdict_on(judge, *writes):
    """Of a client that writes this in the first case, where an empty text has to come back."""
    with socket.create_connection(("127.0.0.1", judge.port), timeout=PATIENCE) as client:
        client.sendall(UPGRADE.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        client.sendall(b"".join(writes))
        while client.recv(4096):
            pass
    return judge.verdict()


FAULTY = {
    "an echo with other bytes": ([frame(0x81, b"x"), CLOSE], "messages"),
    "an echo of the other kind": ([frame(0x82), CLOSE], "messages"),
    "no echo": ([CLOSE], "messages"),
    "an echo too many": ([ECHO, ECHO, CLOSE], "messages"),
    "a pong to nothing": ([ECHO, frame(0x8A), CLOSE], "pongs"),
    "another code": ([ECHO, frame(0x88, bytes([0x03, 0xEA]))], "closed with 1002"),
    "a frame without a mask": ([b"\x81\x00" + KEY, CLOSE], "not masked"),
    "a fragment": ([frame(0x01), frame(0x80), CLOSE], "a fragment"),
    "a reserved bit": ([frame(0xC1), CLOSE], "the reserved bits 4"),
    "a reserved opcode": ([ECHO, frame(0x83), CLOSE], "the opcode 3"),
    "a long form of a length": ([b"\x81\xfe\x00\x00" + KEY, CLOSE], "not minimal"),
    "text that is not UTF-8": ([frame(0x81, b"\xff"), CLOSE], "not valid"),
    "something behind the close frame": ([ECHO, CLOSE, ECHO], "follows the close frame"),
    "half a code": ([ECHO, frame(0x88, b"\x03")], "one byte"),
}

KEYS = """
const { faultsOfKeys } = require("./mask_statistics.cjs");
const keys = (next) => Array.from({ length: 100000 }, (_, i) => next(i) >>> 0);
let x = 1;
const sources = {
  counter: (i) => i + 7,
  weyl: (i) => Math.imul(i, 0x9e3779b9),
  congruential: () => (x = Math.imul(x, 1664525) + 1013904223),
  xorshift: () => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; return x; },
  constant: () => 42,
  bytes: (i) => require("crypto").randomBytes(4).readUInt32BE() & 0xfffffff0,
};
for (const [name, next] of Object.entries(sources)) {
  console.log(name, faultsOfKeys(keys(next)).length > 0);
}
"""


def node(*arguments):
    done = subprocess.run(
        [program("node"), *map(str, arguments)], cwd=FOLDER, capture_output=True, text=True,
        timeout=2 * PATIENCE, check=False,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class JudgeTest(unittest.TestCase):
    def test_passes_a_client_that_does_as_it_should(self):
        with Judge() as judge:
            verdict = verdict_on(judge, ECHO, CLOSE)
        self.assertEqual(verdict["faults"], [])
        self.assertTrue(verdict["passed"])

    def test_finds_what_a_client_breaks(self):
        with Judge() as judge:
            for what, (writes, fault) in FAULTY.items():
                with self.subTest(what):
                    verdict = verdict_on(judge, *writes)
                    self.assertFalse(verdict["passed"])
                    self.assertIn(fault, "; ".join(verdict["faults"]))

    def test_finds_a_client_that_leaves_without_a_word(self):
        with Judge() as judge:
            with socket.create_connection(("127.0.0.1", judge.port), timeout=PATIENCE) as client:
                client.sendall(UPGRADE.encode())
            self.assertFalse(judge.verdict()["passed"])

    def test_finds_patterns_in_masking_keys(self):
        for line in node("-e", KEYS).splitlines():
            self.assertIn("true", line)

    def test_has_written_the_table_of_its_cases(self):
        again = "node tests/e2e/support/judge/table.cjs > conformance/cases.md"
        self.assertEqual(node("table.cjs"), CASES.read_text(encoding="utf-8"), again)


if __name__ == "__main__":
    unittest.main(verbosity=2)
