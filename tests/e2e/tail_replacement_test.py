"""`wsm tail` loses and repeats nothing when its connections are replaced, or die beside another."""

import json
import unittest
from collections import Counter

from support.process import eventually
from support.servers import FeedServer
from support.tail import SUBSCRIBE, Tail

TOPICS = ["a", "b", "c", "d"]
OPTIONS = ("--topics", ",".join(TOPICS), "--subscribe", SUBSCRIBE, "--max-per-shard", "2",
           "--topic-key", "topic", "--id-key", "id", "--error-key", "message",
           "--sequence-key", "seq", "--json")


def data_of(line):
    """The topic and the number of a data message in --json; nothing of all others."""
    message = json.loads(json.loads(line).get("text", "{}"))
    return message.get("topic"), message.get("seq", 0)


def open_connections(server):
    return [c for c in server.connections() if c["closeCode"] is None]


class TailReplacementTest(unittest.TestCase):
    def expect_whole(self, tail):
        """Ends `tail`: each topic came from its first message to its last one, in order, once."""
        self.wait_for_twenty_of_each(tail)
        tail.interrupt()
        self.assertEqual(tail.wait(), 0, tail.stderr.text())
        *lines, summary = tail.stdout.seen
        data = [data_of(line) for line in lines]
        for topic in TOPICS:
            numbers = [number for name, number in data if name == topic]
            self.assertGreaterEqual(len(numbers), 20)
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), topic)
        summary = json.loads(summary)
        self.assertEqual((summary["lost"], summary["gaps"]), (0, 0))
        self.assertGreater(summary["duplicates_removed"], 0)

    def wait_for_twenty_of_each(self, tail):
        counts = Counter()

        def completes(line):
            counts[data_of(line)[0]] += 1
            return all(counts[topic] >= 20 for topic in TOPICS)

        tail.stdout.until(completes)

    def wait_until_carried_twice(self, server, tail):
        """And what had gone out by then has come, so that one of two connections can be spared."""
        def carried():
            return sorted(t for c in open_connections(server) for t in c["subscribed"])
        self.assertTrue(eventually(lambda: carried() == sorted(2 * TOPICS)))
        goal = server.sequence()
        missing = set(TOPICS)

        def completes(line):
            topic, number = data_of(line)
            if number > goal:
                missing.discard(topic)
            return not missing

        tail.stdout.until(completes)

    def test_renewals_lose_nothing(self):
        with FeedServer() as server, Tail(server.url, *OPTIONS, "--renew-every", "1s") as tail:
            self.assertTrue(eventually(lambda: len(server.connections()) >= 8))
            self.assertTrue(eventually(lambda: len(open_connections(server)) == 2))
            self.expect_whole(tail)
        self.assertIn("opens a new connection beside the old (age)", tail.stderr.text())
        self.assertIn("(proven)", tail.stderr.text())

    def test_with_two_connections_for_each_a_killed_one_costs_nothing(self):
        with FeedServer() as server, Tail(server.url, *OPTIONS, "--redundancy", "2") as tail:
            for _ in range(4):
                self.wait_until_carried_twice(server, tail)
                server.tell("kill-oldest")
                tail.stderr.containing("connection lost")
            self.wait_until_carried_twice(server, tail)
            self.expect_whole(tail)


if __name__ == "__main__":
    unittest.main(verbosity=2)
