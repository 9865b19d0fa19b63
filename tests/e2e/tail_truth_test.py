"""What `wsm tail` knows of its topics, keeps to, and lets go; the server's record is the judge."""

import json
import os
import subprocess
import unittest

from support.process import PATIENCE, Lines, eventually, is_full
from support.servers import FeedServer
from support.tail import SUBSCRIBE, Tail, run_tail, wsm_program

REFUSED = 9
KEYS = ("--topic-key", "topic", "--id-key", "id", "--error-key", "message")


def summary_of(out):
    """The last line of --json."""
    return json.loads(out.splitlines()[-1])


def statuses_of(summary):
    return {topic["topic"]: topic["status"] for topic in summary["topics"]}


def is_data_of(topic):
    return lambda line: rf'\"topic\":\"{topic}\"' in line


class StatusTest(unittest.TestCase):
    def test_knows_only_what_was_requested_without_keys(self):
        with FeedServer() as server:
            code, out, err = run_tail(server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE,
                                      "--json", "--count", "5")
        self.assertEqual(code, 0)
        self.assertIn("\n  topics: 2 requested", err)
        summary = summary_of(out)
        self.assertEqual(summary["kind"], "summary")
        self.assertEqual((summary["messages"], summary["connections"]), (5, 1))
        self.assertEqual(statuses_of(summary), {"a": "requested", "b": "requested"})

    def test_tells_which_topics_are_live(self):
        with FeedServer() as server:
            code, out, err = run_tail(server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE,
                                      *KEYS, "--json", "--count", "5")
        self.assertEqual(code, 0)
        self.assertIn("\n  topics: 2 live", err)
        summary = summary_of(out)
        self.assertEqual(summary["statuses"],
                         {"live": 2, "requested": 0, "desired": 0, "stale": 0, "rejected": 0})
        self.assertTrue(all(topic["since_data"] >= 0 for topic in summary["topics"]))

    def test_names_a_topic_that_was_refused_and_goes_on_with_the_others(self):
        with FeedServer("--reject", "bad") as server, Tail(
                server.url, "--topics", "good,bad", "--subscribe", SUBSCRIBE, "--batch", "1", *KEYS,
                "--json") as tail:
            tail.stderr.containing("1 refused: no such topic: bad")
            tail.stdout.until(is_data_of("good"))
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)
        self.assertIn("\n  topics: 1 live, 1 rejected\n  rejected: bad: no such topic: bad",
                      tail.stderr.text())
        summary = summary_of(tail.stdout.text())
        self.assertEqual(statuses_of(summary), {"good": "live", "bad": "rejected"})
        bad = next(topic for topic in summary["topics"] if topic["topic"] == "bad")
        self.assertEqual(bad["detail"], "no such topic: bad")

    def test_ends_when_every_topic_was_refused(self):
        with FeedServer("--reject", "bad") as server:
            code, out, err = run_tail(server.url, "--topics", "bad", "--subscribe", SUBSCRIBE,
                                      *KEYS, "--json")
        self.assertEqual(code, REFUSED)
        self.assertIn("wsm: the server refused every topic", err)
        self.assertIn("rejected: bad: no such topic: bad", err)
        self.assertEqual(summary_of(out)["exit_code"], REFUSED)
        self.assertEqual(summary_of(out)["statuses"]["rejected"], 1)


class SilenceTest(unittest.TestCase):
    def assert_asks_again(self, *timeout):
        with FeedServer() as server, Tail(
                server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE, *KEYS, *timeout,
                "--json") as tail:
            for _ in range(20):  # As many as it takes to learn the pace, and more.
                tail.stdout.until(is_data_of("b"))
            server.tell("mute b")
            tail.stderr.containing("1 silent, asked for again")
            self.assertTrue(eventually(lambda: self.times_asked(server, "b") >= 2))
            tail.stdout.skip()
            tail.stdout.until(is_data_of("b"))
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)
        self.assertRegex(tail.stderr.text(),
                         r"\n  asked again: \d+ times? because a topic was silent")
        summary = summary_of(tail.stdout.text())
        self.assertGreaterEqual(summary["silent"], 1)
        self.assertGreaterEqual(summary["gaps"], 1)
        self.assertEqual(statuses_of(summary), {"a": "live", "b": "live"})

    def times_asked(self, server, topic):
        return sum(c["subscribed"].get(topic, 0) for c in server.connections())

    def test_asks_for_a_silent_topic_again(self):
        self.assert_asks_again("--subscription-timeout", "2s")

    def test_learns_from_the_pace_of_a_topic_when_it_is_silent(self):
        self.assert_asks_again("--subscription-timeout-intervals", "50")


class NumberTest(unittest.TestCase):
    def test_counts_the_messages_that_a_reconnect_has_cost(self):
        with FeedServer() as server, Tail(
                server.url, "--topics", "a", "--subscribe", SUBSCRIBE, *KEYS, "--sequence-key",
                "seq", "--json") as tail:
            tail.stdout.until(is_data_of("a"))
            server.tell("close 1012 restart")
            tail.stderr.containing("1012")
            tail.stderr.containing("connected in")
            tail.stdout.skip()
            tail.stdout.until(is_data_of("a"))
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)
        missing = missing_between([json.loads(line) for line in tail.stdout.seen[:-1]])
        summary = summary_of(tail.stdout.text())
        self.assertEqual(summary["lost"], missing)
        self.assertEqual(summary["gaps"], 1 if missing > 0 else 0)
        self.assertEqual(summary["reconnects"], 1)


class LimitsTest(unittest.TestCase):
    def request_times(self, *limits):
        """When the server got each of five requests, in seconds."""
        with FeedServer() as server, Tail(
                server.url, "--topics", "a,b,c,d,e", "--subscribe", SUBSCRIBE, "--batch", "1",
                *KEYS, *limits, "--json") as tail:
            tail.stderr.containing("requested 5 of 5")
            tail.stdout.until(is_data_of("e"))
            (connection,) = server.connections()
        times = [time / 1000 for time in connection["requestTimes"]]
        self.assertEqual(len(times), 5)
        return times

    # What leaves with a distance may arrive with less, where the machine is busy; it is the sum
    # that such chance cannot shorten by much.
    def test_keeps_requests_apart_by_a_spacing(self):
        times = self.request_times("--message-spacing", "500ms")
        self.assertGreater(times[-1] - times[0], 1.5)

    def test_sends_no_more_in_a_window_than_is_allowed(self):
        times = self.request_times("--messages-per-window", "2", "--window", "1s")
        self.assertGreater(times[-1] - times[0], 1.5)

    def test_says_that_the_connections_that_are_allowed_cannot_carry_all_topics(self):
        with FeedServer() as server:
            code, _, err = run_tail(server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE,
                                    "--max-per-shard", "1", "--max-connections", "1")
        self.assertEqual(code, 2)
        self.assertIn("--max-connections is 1, and 2 shards are needed", err)

    def test_connects_from_the_addresses_that_are_given(self):
        with FeedServer() as server, Tail(
                server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE, "--max-per-shard", "1",
                "--source-ip", "127.0.0.2", "--source-ip", "127.0.0.3") as tail:
            tail.stderr.containing("requested 2 of 2")
            tail.stdout.containing('"topic":"a"')
            tail.stdout.containing('"topic":"b"')
            addresses = sorted(c["address"] for c in server.connections())
        self.assertEqual(addresses, ["127.0.0.2", "127.0.0.3"])


class SlowReaderTest(unittest.TestCase):
    """Nobody reads stdout until it is full and the server has gone on for a while."""

    TOPICS = ",".join("x" * 50 + str(i) for i in range(100))

    def summary_with(self, *options):
        """The summary in JSON and what stderr says."""
        reader, writer = os.pipe()
        with FeedServer("--rate", "5") as server, os.fdopen(reader) as messages:
            tail = subprocess.Popen(
                [wsm_program(), "tail", server.url, "--topics", self.TOPICS, "--subscribe",
                 SUBSCRIBE, "--batch", "20", *KEYS, "--json", *options],
                stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, text=True)
            self.addCleanup(tail.stderr.close)
            self.addCleanup(tail.wait, PATIENCE)
            self.addCleanup(tail.kill)
            with os.fdopen(writer, "wb"):
                self.assertTrue(eventually(lambda: is_full(writer)))
            goal = server.sequence() + 200
            self.assertTrue(eventually(lambda: server.sequence() >= goal))
            out, err = Lines(messages), Lines(tail.stderr)  # From here on both are read.
            out.until(lambda line: number_of(line) > goal)
            tail.terminate()
            self.assertEqual(tail.wait(PATIENCE), 0)
            out.finish()
            err.finish()
        *lines, last = map(json.loads, out.seen)
        self.assertEqual(last["messages"], len(lines))
        return last, missing_between(lines), err.text()

    def test_counts_the_messages_that_it_drops(self):
        for choice in ("drop-oldest", "drop-newest"):
            summary, missing, err = self.summary_with("--queue-capacity", "50", "--when-full",
                                                      choice)
            self.assertGreater(missing, 0, choice)
            self.assertGreaterEqual(summary["dropped"], missing)  # More behind the last ones.
            self.assertEqual(summary["superseded"], 0)
            by_topic = sum(topic["dropped"] for topic in summary["topics"])
            self.assertGreater(by_topic, 0)
            self.assertLessEqual(by_topic, summary["dropped"])
            self.assertIn(f"\n  dropped: {summary['dropped']} messages", err)

    def test_lets_only_the_latest_of_each_topic_wait(self):
        summary, missing, err = self.summary_with("--when-full", "latest")
        self.assertGreater(missing, 0)
        self.assertGreaterEqual(summary["superseded"], missing)
        self.assertEqual(summary["dropped"], summary["superseded"])
        self.assertIn(f"of them {summary['superseded']} superseded by newer ones", err)

    def test_loses_nothing_when_reading_pauses(self):
        summary, missing, err = self.summary_with("--queue-capacity", "50", "--sequence-key", "seq")
        self.assertEqual(missing, 0)
        self.assertEqual((summary["dropped"], summary["lost"], summary["gaps"]), (0, 0, 0))
        self.assertNotIn("dropped", err)


def number_of(line):
    """Of a data message in --json; 0 of all others."""
    text = json.loads(line).get("text", "{}")
    return json.loads(text).get("seq", 0)


def missing_between(lines):
    """How many numbers are missing between the first and the last of each topic."""
    numbers = {}
    for line in lines:
        message = json.loads(line["text"])
        if "seq" in message:
            numbers.setdefault(message["topic"], []).append(message["seq"])
    return sum(max(seen) - min(seen) + 1 - len(seen) for seen in numbers.values())


if __name__ == "__main__":
    unittest.main(verbosity=2)
