"""What `wsm tail` says, and with which exit code, when it cannot do its work."""

import subprocess
import unittest

from support.process import PATIENCE
from support.servers import FeedServer, free_port
from support.tail import SUBSCRIBE, Tail, run_tail, wsm_program

USAGE, NAME_NOT_RESOLVED, CONNECT_FAILED, UPGRADE_REFUSED, CLOSED_EARLY = 2, 3, 4, 6, 7
NOTHING_REQUESTED = 8

# Nothing listens there; what is checked before connecting fails before that matters.
NOWHERE = "ws://127.0.0.1:1/"


class ErrorTest(unittest.TestCase):
    def assert_fails(self, code, *messages, arguments):
        actual, out, err = run_tail(*arguments)
        self.assertEqual(actual, code, err)
        self.assertEqual(out, "")
        for message in messages:
            self.assertIn(message, err)


class UsageTest(ErrorTest):
    def test_names_what_is_wrong_with_the_url(self):
        for url in ("example.com/ws", "http://example.com/", "ws://", "ws://host:99999/",
                    "ws://host/#part"):
            self.assert_fails(USAGE, f"wsm: URL '{url}': ", arguments=[url])

    def test_points_at_the_place_in_a_template(self):
        self.assert_fails(
            USAGE, "--subscribe: unknown name $topcs", '  {"args":$topcs}\n          ^',
            arguments=[NOWHERE, "--topics", "a", "--subscribe", '{"args":$topcs}'])

    def test_points_at_a_list_of_topics_in_quotes(self):
        self.assert_fails(
            USAGE, "--subscribe: $topics is a JSON list; leave out the quotes",
            '  {"args":"$topics"}\n           ^',
            arguments=[NOWHERE, "--topics", "a", "--subscribe", '{"args":"$topics"}'])

    def test_points_at_the_place_where_a_request_is_no_json(self):
        self.assert_fails(
            USAGE, "--subscribe: makes a message that is not JSON",
            '  {"args":["a"],}\n                ^',
            arguments=[NOWHERE, "--topics", "a", "--subscribe", '{"args":$topics,}'])

    def test_says_how_topics_are_asked_for(self):
        self.assert_fails(USAGE, "--subscribe: is missing", '"args":$topics',
                          arguments=[NOWHERE, "--topics", "a"])

    def test_names_the_file_that_cannot_be_read(self):
        self.assert_fails(USAGE, "'/nonexistent': No such file",
                          arguments=[NOWHERE, "--topics-file", "/nonexistent"])
        self.assert_fails(USAGE, "--ca: cannot read '/nonexistent'",
                          arguments=[NOWHERE, "--ca", "/nonexistent"])

    def test_refuses_options_that_it_does_not_know(self):
        self.assert_fails(USAGE, "wsm: unknown option --frobnicate\n", "wsm tail --help",
                          arguments=[NOWHERE, "--frobnicate"])
        self.assert_fails(USAGE, "--subcribe; did you mean --subscribe?",
                          arguments=[NOWHERE, "--subcribe", "x"])
        self.assert_fails(USAGE, "wsm: URL is required\n", "wsm tail --help", arguments=[])

    def test_names_words_that_it_does_not_expect(self):
        self.assert_fails(USAGE, "unexpected word 'extra'", arguments=[NOWHERE, "extra"])
        self.assert_fails(USAGE, "unexpected word 'b'", "one word, as in --topics a,b",
                          arguments=["--topics", "a", "b", "c", NOWHERE])

    def test_names_a_subcommand_that_it_does_not_know(self):
        done = subprocess.run([wsm_program(), "tial", NOWHERE], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, USAGE)
        self.assertEqual(done.stderr, "wsm: unknown subcommand tial; did you mean tail?\n"
                                      "Run wsm --help for more.\n")

    def test_wants_numbers_of_at_least_one(self):
        for option, value in (("--max-per-shard", "-1"), ("--batch", "-3"), ("--count", "0"),
                              ("--count", "abc")):
            self.assert_fails(USAGE, f"wsm: {option}: must be a number of at least 1, not",
                              arguments=[NOWHERE, option, value])

    def test_wants_durations_with_a_unit(self):
        self.assert_fails(USAGE, "--ping-interval: '5' has no unit",
                          arguments=[NOWHERE, "--ping-interval", "5"])


    def test_says_what_is_allowed_instead(self):
        for option, value, allowed in (
                ("--messages-per-window", "1", "a number of at least 2, not '1'"),
                ("--message-spacing", "soon", "'soon' is no duration; write it like 500ms"),
                ("--when-full", "oldest",
                 "must be block, drop-oldest, drop-newest or latest, not 'oldest'"),
                ("--source-ip", "localhost", '"localhost" is no IPv4 or IPv6 address'),
                ("--sequence-key", "seq", "needs --topic-key")):
            self.assert_fails(USAGE, f"wsm: {option}: ", allowed,
                              arguments=[NOWHERE, option, value])

    def test_names_the_option_that_is_missing_beside_another(self):
        self.assert_fails(USAGE, "--window: is needed as well: both or neither",
                          arguments=[NOWHERE, "--messages-per-window", "5"])


class FullStderrTest(unittest.TestCase):
    def test_is_no_reason_to_crash(self):
        for arguments in (["tail", "no url"], ["demo", "--seconds", "1"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([wsm_program(), *arguments], stdin=subprocess.DEVNULL,
                                      stderr=full, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, USAGE, arguments)


class FirstConnectionTest(ErrorTest):
    def test_ends_when_the_name_has_no_address(self):
        self.assert_fails(NAME_NOT_RESOLVED, "wss://nonexistent.invalid/: name not resolved",
                          "Check the host", arguments=["wss://nonexistent.invalid/"])

    def test_ends_when_nobody_listens(self):
        url = f"ws://127.0.0.1:{free_port()}/"
        self.assert_fails(CONNECT_FAILED, f"{url}: connect failed", "refused",
                          "--retry keeps trying", arguments=[url])

    def test_ends_when_the_upgrade_is_refused(self):
        with FeedServer("--refuse", "403") as server:
            self.assert_fails(UPGRADE_REFUSED, "upgrade refused", "403", "--header",
                              arguments=[server.url])

    def test_ends_when_the_server_closes_before_it_says_anything(self):
        with FeedServer() as server, Tail(server.url) as tail:
            tail.stderr.containing("connected in")
            server.tell("close 1008 login first")
            self.assertEqual(tail.wait(), CLOSED_EARLY)
        self.assertIn("1008", tail.stderr.text())
        self.assertIn("login first", tail.stderr.text())

    def test_lets_no_close_reason_command_the_terminal(self):
        with FeedServer() as server, Tail(server.url) as tail:
            tail.stderr.containing("connected in")
            server.tell("close 1008 \x1b[2J login first")
            self.assertEqual(tail.wait(), CLOSED_EARLY)
        self.assertIn("login first", tail.stderr.text())
        self.assertNotIn("\x1b", tail.stderr.text())

    def test_says_why_even_when_quiet(self):
        url = f"ws://127.0.0.1:{free_port()}/"
        self.assert_fails(CONNECT_FAILED, "connect failed", arguments=[url, "--quiet"])

    def test_ends_when_not_a_single_topic_can_be_requested(self):
        with FeedServer() as server:
            self.assert_fails(
                NOTHING_REQUESTED, "wsm: not a single topic could be requested",
                "more than --batch-bytes",
                arguments=[server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE,
                           "--batch-bytes", "5"])

    def test_goes_on_when_told_to_retry(self):
        with FeedServer("--refuse", "503") as server, Tail(server.url, "--retry") as tail:
            tail.stderr.containing("503")
            tail.stderr.containing("reconnect in")
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)

    def test_ends_with_the_last_failure_when_nothing_connected_in_time(self):
        url = f"ws://127.0.0.1:{free_port()}/"
        self.assert_fails(CONNECT_FAILED, f"{url}: connect failed", "reconnect in",
                          arguments=[url, "--retry", "--duration", "500ms"])


class HelpTest(unittest.TestCase):
    def test_help_lists_exit_codes_and_examples(self):
        code, out, _ = run_tail("--help")
        self.assertEqual(code, 0)
        for text in ("Exit codes:", "the host name has no address", "Examples:", "$topics",
                     SUBSCRIBE):
            self.assertIn(text, out)

    def test_help_groups_the_options(self):
        _, out, _ = run_tail("--help")
        for title, option in (("Subscriptions", "--topics LIST"), ("Connections", "--header TEXT"),
                              ("Limits of the server", "--message-spacing DURATION"),
                              ("What JSON messages say", "--topic-key KEY"),
                              ("Health", "--subscription-timeout DURATION"),
                              ("Output", "--when-full CHOICE")):
            section = out[out.index(f"\n{title}:\n"):].split("\n\n\n")[0]
            self.assertIn(f"\n  {option}", section)

    def test_help_says_when_a_connection_without_pongs_ends(self):
        _, out, _ = run_tail("--help")
        self.assertIn("awaited for 10 s, and the connection is given up and made anew when 3 pings",
                      " ".join(out.split()))

    def test_help_lists_the_fields_of_json_lines(self):
        _, out, _ = run_tail("--help")
        for field in ("shard", "generation", "time", "kind", "text", "base64", "hex", "exit_code",
                      "seconds", "messages,", "dropped", "lost", "gaps", "statuses", "topics"):
            self.assertRegex(out, rf"(?m)^  {field} +\S")
        self.assertIn("text is base64 in --json", " ".join(out.split()))
        self.assertIn("number of the attempt to connect", out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
