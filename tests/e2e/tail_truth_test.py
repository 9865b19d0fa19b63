"""What `wsm tail` knows of its topics, and keeps to; the server's record is the judge."""

import json
import unittest

from support.process import eventually
from support.servers import FeedServer
from support.tail import SUBSCRIBE, Tail, run_tail

KEYS = ("--topic-key", "topic", "--id-key", "id", "--error-key", "message")


def is_data_of(topic):
    return lambda line: rf'\"topic\":\"{topic}\"' in line


class RefusalTest(unittest.TestCase):
    def test_tells_why_a_topic_was_refused_and_goes_on_with_the_others(self):
        with FeedServer("--reject", "bad") as server, Tail(
                server.url, "--topics", "good,bad", "--subscribe", SUBSCRIBE, "--batch", "1", *KEYS,
                "--json") as tail:
            tail.stderr.containing("1 refused: no such topic: bad")
            tail.stdout.until(is_data_of("good"))
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)


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

    def times_asked(self, server, topic):
        return sum(c["subscribed"].get(topic, 0) for c in server.connections())

    def test_asks_for_a_silent_topic_again(self):
        self.assert_asks_again("--subscription-timeout", "2s")

    def test_learns_from_the_pace_of_a_topic_when_it_is_silent(self):
        self.assert_asks_again("--subscription-timeout-intervals", "50")


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
