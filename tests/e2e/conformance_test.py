"""wsm_conformance against a judge of our own (support/judge)."""

import os
import unittest

from support.judge import Judge
from support.process import PATIENCE, Process

AGENT = "ws-shard-manager/test & co"


def run_conformance(*arguments):
    with Process([os.environ["WSM_CONFORMANCE"], *arguments]) as conformance:
        code = conformance.wait(8 * PATIENCE)
        return code, conformance.stderr.text()


class ConformanceTest(unittest.TestCase):
    def test_passes_every_case_of_the_judge(self):
        with Judge() as judge:
            code, err = run_conformance("--url", judge.url, "--agent", AGENT, "--jobs", "2")
            self.assertEqual(code, 0, err)
            verdicts = judge.verdicts()
        self.assertEqual([v for v in verdicts if not v["passed"]], [])
        self.assertEqual(sorted(v["case"] for v in verdicts), list(range(1, judge.cases + 1)))
        self.assertEqual({v["agent"] for v in verdicts}, {AGENT})
        self.assertIn(f"{judge.cases} of {judge.cases} cases run", err)

    def test_runs_only_the_cases_that_are_asked_for(self):
        with Judge() as judge:
            code, err = run_conformance("--url", judge.url + "/", "--agent", "a", "--cases", "2-4")
            self.assertEqual(code, 0, err)
            self.assertEqual([v["case"] for v in judge.verdicts()], [2, 3, 4])

    def test_says_when_there_is_no_judge(self):
        code, err = run_conformance("--url", "ws://127.0.0.1:1", "--agent", "a")
        self.assertEqual(code, 1)
        self.assertIn("getCaseCount", err)
        self.assertIn("refused", err)

    def test_refuses_cases_that_are_none(self):
        with Judge() as judge:
            for cases in ("0", "4-2", "x", "1000000"):
                code, _ = run_conformance("--url", judge.url, "--agent", "a", "--cases", cases)
                self.assertEqual(code, 2, cases)


if __name__ == "__main__":
    unittest.main(verbosity=2)
