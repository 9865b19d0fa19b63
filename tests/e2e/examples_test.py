"""The examples do what they say."""

import json
import os
import unittest

from support.process import Process
from support.servers import FeedServer


def run_example(name, *arguments):
    with Process([os.environ[name], *arguments]) as example:
        return example.wait(), example.stdout.text(), example.stderr.text()


class ExamplesTest(unittest.TestCase):
    def test_quick_start_follows_three_topics_on_two_shards(self):
        with FeedServer() as server:
            code, out, err = run_example("QUICK_START", server.url, "50")
            connections = server.connections()
        self.assertEqual(code, 0, err)
        self.assertGreaterEqual(len(out.splitlines()), 50)
        self.assertIn("[shard 0] ", out)
        self.assertIn("[shard 1] ", out)
        self.assertIn("2 connections", err)
        self.assertEqual(sorted(topic for c in connections for topic in c["subscribed"]),
                         ["topic1", "topic2", "topic3"])

    def test_login_comes_first_and_topics_change_while_it_runs(self):
        with FeedServer() as server:
            code, out, err = run_example("LOGIN", server.url, "t0ken")
            (connection,) = server.connections()
        self.assertEqual(code, 0, err)
        self.assertEqual(connection["texts"][0], '{"op":"login","arg":"t0ken"}')
        self.assertIn("ping", connection["texts"])
        self.assertEqual(connection["subscribed"], {"room2": 1, "room3": 1})
        self.assertEqual(connection["unsubscribed"], ["room1"])
        self.assertEqual(connection["closeCode"], 1001)
        for room in ("room1", "room2", "room3"):
            self.assertIn(f'"topic":"{room}"', out)
        self.assertNotIn("pong", out)

    def test_inspect_delivers_each_message_once_though_the_connection_is_replaced(self):
        with FeedServer() as server:
            code, out, err = run_example("INSPECT", server.url)
            connections = server.connections()
        self.assertEqual(code, 0, err)
        self.assertEqual(len(connections), 2)
        messages = [json.loads(line) for line in out.splitlines()]
        for topic in ("topic1", "topic2"):
            numbers = [m["seq"] for m in messages if m.get("topic") == topic]
            self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)))
            self.assertIn(f"{topic} is live", err)
        self.assertIn("0 messages lost", err)
        self.assertIn("switchover (request, proven): 2 proven", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
