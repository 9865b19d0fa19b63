"""`wsm demo` as it is called: with redundancy, and when it cannot show itself."""

import json
import subprocess
import unittest

from support.process import PATIENCE
from support.tail import wsm_program


class RedundancyTest(unittest.TestCase):
    def test_two_connections_for_each_topic_lose_nothing(self):
        # Two thousand a second on both connections are what ThreadSanitizer can follow on a busy
        # machine; who falls behind for longer than the incidents are apart has two of them at once.
        done = subprocess.run(
            [wsm_program(), "demo", "--json", "--seconds", "12", "--rate", "2000",
             "--redundancy", "2"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2 * PATIENCE,
            check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        account = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(account["lost"], 0)
        self.assertEqual(account["duplicated"], 0)
        self.assertEqual(len(account["events"]), 5)
        self.assertEqual(account["rebalance"]["abandoned"], 0)
        self.assertGreater(account["rebalance"]["proven"], 100)


class OutputTest(unittest.TestCase):
    def test_fails_when_stdout_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [wsm_program(), "demo", "--json", "--seconds", "5"], stdin=subprocess.DEVNULL,
                stdout=full, stderr=subprocess.PIPE, text=True, timeout=2 * PATIENCE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr,
                         "wsm demo: cannot write to stdout: No space left on device\n")

    def test_a_reader_who_has_enough_is_no_signal(self):
        with subprocess.Popen(
                [wsm_program(), "demo", "--seconds", "5"], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
            self.assertTrue(demo.stdout.readline())
            demo.stdout.close()
            self.assertEqual(demo.wait(2 * PATIENCE), 1)
            self.assertEqual(demo.stderr.read(),
                             "wsm demo: cannot write to stdout: Broken pipe\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
