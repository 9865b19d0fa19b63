"""Tests of the rules of tidy.py. Run: python3 tidy_test.py"""

import tempfile
import unittest
from pathlib import Path

import cpp_rules
import text_rules
import tidy
from functions import find_functions
from sources import Source, read_tree


def sources(**files):
    return [Source(path, text) for path, text in files.items()]


def faults(rule, files):
    """`path:line` of each fault that `rule` finds in `files`, a dict of path and text."""
    return [f"{fault.path}:{fault.line}" for fault in rule(sources(**files))]


class SourceTest(unittest.TestCase):
    def test_blanks_comments_and_literals_in_place(self):
        source = Source("a.cc", 'f("throw", \'x\');  // throw\n/* throw\n*/ g(1);\n')
        self.assertEqual(source.code, 'f("     ", \' \');          \n        \n   g(1);\n')

    def test_blanks_raw_literals(self):
        code = Source("a.cc", 'f(R"x(throw)" throw)x", 1);').code
        self.assertNotIn("throw", code)
        self.assertTrue(code.endswith('", 1);'))

    def test_keeps_digit_separators(self):
        self.assertEqual(Source("a.cc", "int a = 65'536 + 1'000;").code, "int a = 65'536 + 1'000;")

    def test_reads_text_and_skips_what_is_built_hidden_or_binary(self):
        with tempfile.TemporaryDirectory() as root:
            for path in ("src/a.cc", "build/b.cc", ".git/c", "src/build/d.cc"):
                file = Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("int x;\n", encoding="utf-8")
            Path(root, "binary").write_bytes(b"\xff\xfe\x00")
            self.assertEqual([source.path for source in read_tree(root)],
                             ["src/a.cc", "src/build/d.cc"])


class TextRulesTest(unittest.TestCase):
    def test_allows_100_columns_of_any_letters(self):
        self.assertEqual(faults(text_rules.columns, {"a.cc": "ä" * 100 + "\n" + "x" * 101}),
                         ["a.cc:2"])

    def test_leaves_the_columns_of_prose_alone(self):
        self.assertEqual(faults(text_rules.columns, {"a.md": "x" * 300}), [])

    def test_allows_400_lines(self):
        files = {"a.cc": "x\n" * 400, "b.py": "x\n" * 401, "scripts/c": "#!/bin/sh\n" * 401}
        self.assertEqual(faults(text_rules.file_length, files), ["b.py:401", "scripts/c:401"])


class LinksTest(unittest.TestCase):
    def broken(self, text, **files):
        return faults(text_rules.links, {"docs/a.md": text, **files})

    def test_follows_links_to_files_and_folders(self):
        files = {"README.md": "", "src/x.cc": ""}
        self.assertEqual(self.broken("[r](../README.md) [s](../src) [t](/src/x.cc)", **files), [])
        self.assertEqual(self.broken("\n[r](../READ.md)", **files), ["docs/a.md:2"])
        self.assertEqual(self.broken("[r]: gone.md\n", **files), ["docs/a.md:1"])

    def test_follows_anchors(self):
        files = {"docs/b.md": "# The `tail` command, in short\n\n## Same\n## Same\n"}
        text = "[b](b.md#the-tail-command-in-short) [c](b.md#same-1)"
        self.assertEqual(self.broken(text, **files), [])
        self.assertEqual(self.broken("[b](b.md#the-tail)", **files), ["docs/a.md:1"])
        self.assertEqual(self.broken("# Here\n[x](#here) [y](#there)"), ["docs/a.md:2"])

    def test_leaves_other_sites_and_code_alone(self):
        text = "[a](https://example.com/x) [m](mailto:a@example.com) `[b](c)`\n```\n[d](e)\n```\n"
        self.assertEqual(self.broken(text), [])

    def test_does_not_leave_the_tree(self):
        self.assertEqual(self.broken("[up](../../etc/passwd)"), ["docs/a.md:1"])


class ChangelogTest(unittest.TestCase):
    GOOD = ("# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One thing\n  that goes on.\n\n"
            "## [0.2.0] - 2026-11-22\n\n### Fixed\n\n- Another.\n\n## [0.1.0] - 2026-01-31\n")

    def lines(self, text):
        return faults(text_rules.changelog, {"CHANGELOG.md": text})

    def test_accepts_the_form(self):
        self.assertEqual(self.lines(self.GOOD), [])

    def test_wants_it_to_be_there(self):
        self.assertEqual(faults(text_rules.changelog, {}), ["CHANGELOG.md:1"])

    def test_rejects_each_departure(self):
        for good, bad, line in (
            ("# Changelog", "# News", 1),
            ("[0.2.0] - 2026-11-22", "0.2.0", 10),
            ("[Unreleased]", "[Unreleased] - 2026-11-22", 3),
            ("[0.1.0]", "[0.3.0]", 16),
            ("### Fixed", "### Bugs", 12),
            ("- Another.", "- Another", 14),
            ("- Another.\n", "", 12),
        ):
            with self.subTest(bad):
                self.assertEqual(self.lines(self.GOOD.replace(good, bad)), [f"CHANGELOG.md:{line}"])


class FunctionsTest(unittest.TestCase):
    def measured(self, code):
        return [(function.name, function.line, function.lines)
                for function in find_functions(Source("a.cc", code).code)]

    def test_finds_free_functions_and_members(self):
        code = ("namespace n {\nint f(int x) {\n  if (x) { return 1; }\n  return 0;\n}\n"
                "class C final : public B {\n public:\n  bool is_open() const { return open_; }\n"
                " private:\n  const Options options_{};\n  int a = 3;\n};\n}  // namespace n\n")
        self.assertEqual(self.measured(code), [("f", 2, 4), ("is_open", 8, 1)])

    def test_tells_a_constructor_from_its_initialisers(self):
        code = "C::C(int a) : a_{a}, b_(a), c_{1, {2}} {\n  run();\n}\nint g() {\n}\n"
        self.assertEqual(self.measured(code), [("C::C", 1, 3), ("g", 4, 2)])

    def test_knows_tests_trailing_types_and_lambdas(self):
        code = ("TEST_F(A, B) {\n  x();\n}\nauto f() -> Result<int> {\n}\n"
                "const auto g = [](int) {\n  return 1;\n};\n"
                "constexpr std::array k = to_array<T>({\n    {A, b},\n});\n")
        self.assertEqual([lines for _, _, lines in self.measured(code)], [3, 2, 3])

    def test_is_not_confused_by_directives(self):
        code = "#define A \\\n  {\n#include <x>\nint f() {\n}\n"
        self.assertEqual(self.measured(code), [("f", 4, 2)])

    def test_does_not_count_the_rows_of_a_flat_switch(self):
        rows = "    case E::kA: return 1;\n" * 90
        code = f"int f(E e) {{\n  switch (e) {{\n{rows}  }}\n  return 0;\n}}\n"
        self.assertEqual(self.measured(code), [("f", 1, 5)])

    def test_allows_70_lines(self):
        body = "  run();\n"
        files = {"a.cc": f"void f() {{\n{body * 68}}}\nvoid g() {{\n{body * 69}}}\n"}
        self.assertEqual(faults(cpp_rules.function_length, files), ["a.cc:71"])


class LayersTest(unittest.TestCase):
    def rejected(self, path, include):
        return bool(faults(cpp_rules.layers, {path: f"#include {include}\n"}))

    def test_lets_includes_point_down_and_sideways(self):
        for path, include in (("src/core/a.cc", '"wire/b.h"'), ("src/core/a.cc", '"core/b.h"'),
                              ("src/manager/a.cc", '"io/b.h"'), ("apps/wsm/a.cc", '"manager/b.h"'),
                              ("src/base/a.h", "<wsm/types.h>"), ("include/wsm/a.h", "<vector>")):
            self.assertFalse(self.rejected(path, include), (path, include))

    def test_rejects_what_points_up(self):
        for path, include in (("src/base/a.h", '"wire/b.h"'), ("src/wire/a.h", '"core/b.h"'),
                              ("src/core/a.h", '"io/b.h"'), ("src/io/a.h", '"manager/b.h"')):
            self.assertTrue(self.rejected(path, include), (path, include))

    def test_rejects_a_path_that_does_not_begin_with_its_layer(self):
        self.assertTrue(self.rejected("src/core/a.cc", '"b.h"'))

    def test_keeps_other_libraries_out_of_public_headers_and_examples(self):
        for include in ("<fmt/format.h>", '"base/rng.h"', "<stdint.h>", "<boost/asio.hpp>"):
            self.assertTrue(self.rejected("include/wsm/a.h", include), include)
            self.assertTrue(self.rejected("examples/a.cc", include), include)


class BannedTest(unittest.TestCase):
    def texts(self, path, code):
        return [fault.text for fault in cpp_rules.banned(sources(**{path: code}))]

    def test_names_the_replacement(self):
        self.assertEqual(self.texts("src/core/a.cc", "auto t = steady_clock::now();"),
                         ["`steady_clock`: instead, take `now` as the last parameter"])

    def test_keeps_the_system_out_of_the_core(self):
        for code in ("#include <thread>", "#include <boost/asio/ip/tcp.hpp>", "std::mutex m;",
                     "#include <openssl/ssl.h>", "std::atomic<int> a;", "std::mt19937 r;",
                     "std::printf(text);", "#include <random>", "time(nullptr);"):
            with self.subTest(code):
                self.assertEqual(len(self.texts("src/core/a.cc", code)), 1)
                self.assertEqual(self.texts("src/io/a.cc", code), [])

    def test_bans_everywhere_what_has_a_better_form(self):
        for code in ("std::cout << std::endl;", "typedef int A;", "auto f = std::bind(g);",
                     "int* p = NULL;", "using namespace std;", "int r = rand();"):
            with self.subTest(code):
                self.assertEqual(len(self.texts("tests/unit/a.cc", code)), 1)

    def test_leaves_comments_literals_and_similar_names_alone(self):
        code = ('// A throw away mutex.\nauto s = "throw typedef";\nint handle_time(int time);\n'
                "using namespace std::chrono_literals;\nstatic_assert(true);\nx.get_executor();\n"
                "class ShardManager;\nauto* p = std::get_if<A>(&b);\nnow = std::time_point{};\n")
        self.assertEqual(self.texts("src/core/a.cc", code), [])

    def test_bans_names_that_say_nothing(self):
        for code in ("class StringHelper {};", "struct Utils {};", "class SocketManager {};",
                     "int get_size();"):
            self.assertEqual(len(self.texts("src/io/a.h", code)), 1, code)

    def test_bans_unfinished_work_in_comments(self):
        self.assertEqual(len(self.texts("src/io/a.h", "// TO" + "DO: later")), 1)


class EnumTextTest(unittest.TestCase):
    def missing(self, code):
        return bool(faults(cpp_rules.enum_text, {"src/core/a.h": code}))

    def test_wants_to_string_beside_an_enum(self):
        enum = "enum class State : std::uint8_t { kA, kB };\n"
        self.assertTrue(self.missing(enum))
        self.assertFalse(self.missing(enum + "constexpr std::string_view to_string(State state) {"))
        self.assertFalse(self.missing(enum + "std::string_view to_string(Machine::State state);"))

    def test_asks_nothing_of_declarations_tables_and_private_enums(self):
        for code in ("enum class State : int;", "enum class Timer { kPing, kCount };",
                     "class A {\n private:\n  enum class Step { kOne };\n};\n"):
            self.assertFalse(self.missing(code), code)
        self.assertTrue(self.missing("class A {\n public:\n  enum class Step { kOne };\n};\n"))


class TestFileTest(unittest.TestCase):
    def is_tested(self, source, *others):
        files = {path: "" for path in (source, *others)}
        return faults(cpp_rules.test_file, files) == []

    def test_wants_a_mirror(self):
        self.assertFalse(self.is_tested("src/core/health/a.cc", "tests/unit/core/a_test.cc"))
        self.assertTrue(self.is_tested("src/core/health/a.cc", "tests/unit/core/health/a_test.cc"))
        self.assertTrue(self.is_tested("src/io/a.cc", "tests/io/a_test.cc"))

    def test_accepts_several_tests_of_one_source(self):
        self.assertTrue(self.is_tested("src/io/a.cc", "tests/unit/io/a_closing_test.cc"))

    def test_takes_a_part_with_its_class(self):
        self.assertTrue(
            self.is_tested("src/io/a_part.cc", "src/io/a.h", "tests/unit/io/a_test.cc"))
        self.assertFalse(self.is_tested("src/io/a_part.cc", "src/io/a.h", "src/io/a_part.h",
                                        "tests/unit/io/b_test.cc"))


class UnlistedTest(unittest.TestCase):
    def test_wants_each_source_in_a_list_above_it(self):
        files = {"src/CMakeLists.txt": "add(base/a.cc)", "src/base/a.cc": "", "src/base/b.cc": "",
                 "src/io/aa.cc": ""}
        self.assertEqual(faults(cpp_rules.unlisted, files), ["src/base/b.cc:1", "src/io/aa.cc:1"])

    def test_accepts_a_name_in_a_loop(self):
        files = {"examples/CMakeLists.txt": "foreach(e 1_first 2_next)", "examples/1_first.cc": "",
                 "examples/2.cc": ""}
        self.assertEqual(faults(cpp_rules.unlisted, files), ["examples/2.cc:1"])

    def test_wants_each_header_included(self):
        files = {"CMakeLists.txt": "b.cc", "src/base/a.h": "", "src/base/c.h": "",
                 "src/base/b.cc": '#include "base/a.h"'}
        self.assertEqual(faults(cpp_rules.unlisted, files), ["src/base/c.h:1"])


class CheckTest(unittest.TestCase):
    FILES = {"CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n", "a.py": "x" * 101}

    def test_passes_what_is_allowed(self):
        self.assertEqual(tidy.check(sources(**self.FILES), {("columns", "a.py"): "A reason."}), [])

    def test_reports_an_exception_that_is_not_needed(self):
        allowed = {("columns", "a.py"): "A reason.", ("links", "b.md"): "Long gone."}
        found = [str(fault) for fault in tidy.check(sources(**self.FILES), allowed)]
        self.assertEqual(found, ["b.md:1: [links] is allowed an exception that it does not need"])


if __name__ == "__main__":
    unittest.main()
