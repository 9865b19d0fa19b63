"""coverage_report.py over a file that is written out here."""

import unittest

import coverage_report as report

LCOV = """\
SF:/p/src/a.cc
DA:1,5
DA:2,0
DA:3,0
DA:4,1
BRDA:1,0,0,5
BRDA:1,0,1,-
end_of_record
SF:/p/src/a.cc
DA:2,1
end_of_record
"""


class CoverageReportTest(unittest.TestCase):
    def test_adds_up_what_several_programs_ran(self):
        file = report.read_lcov(LCOV)["/p/src/a.cc"]
        self.assertEqual(file.missed(), [3])
        self.assertEqual(file.counts(), (3, 4, 1, 2))

    def test_leaves_out_what_has_a_reason(self):
        patterns = report.read_exceptions('# why\n^\\s*return "unknown";\treason\n')
        lines = report.unreachable_lines('a\n  return "unknown";\nb\n', patterns)
        self.assertEqual(lines, {2})
        file = report.read_lcov(LCOV)["/p/src/a.cc"]
        file.leave_out({3})
        self.assertEqual(file.missed(), [])

    def test_names_the_lines_that_did_not_run(self):
        self.assertEqual(report.ranges([1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10")
        text, is_enough = report.report(report.read_lcov(LCOV))
        self.assertIn("/p/src/a.cc", text)
        self.assertIn("75.0%", text)
        self.assertFalse(is_enough)

    def test_is_content_with_every_line_and_nearly_every_branch(self):
        file = report.File()
        file.add_line(1, 1)
        for branch in range(20):
            file.add_branch(1, branch, 0 if branch == 0 else 1)
        text, is_enough = report.report({"x": file})
        self.assertTrue(is_enough)
        self.assertIn("19 of 20 branches (95.00 %)", text)


if __name__ == "__main__":
    unittest.main()
