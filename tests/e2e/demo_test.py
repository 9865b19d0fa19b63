"""What `wsm demo` does when it cannot show itself."""

import subprocess
import unittest

from support.process import PATIENCE
from support.tail import wsm_program


class OutputTest(unittest.TestCase):
    def test_fails_when_stdout_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [wsm_program(), "demo", "--json", "--seconds", "5"], stdin=subprocess.DEVNULL,
                stdout=full, stderr=subprocess.PIPE, text=True, timeout=2 * PATIENCE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr,
                         "wsm demo: cannot write to stdout: No space left on device\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
