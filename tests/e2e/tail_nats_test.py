"""`wsm tail` against the WebSocket listener of nats-server."""

import tempfile
import unittest

from support.process import eventually
from support.servers import NatsServer
from support.tail import Tail

# NATS is a protocol of lines, whatever carries them.
CONNECT = r'CONNECT {"verbose":false,"pedantic":false}\r\n'
SUBSCRIBE = r"SUB $topic_text $id\r\n"


class NatsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = NatsServer(folder.name)
        self.addCleanup(self.server.kill)

    def test_receives_what_is_published_on_its_subjects(self):
        with self.tail("--topics", "prices.>,news") as tail, self.server.publisher() as nats:
            self.publish_until_received(nats, tail, "prices.btc", "60000")
            self.publish_until_received(nats, tail, "news", "hello")
            nats.publish("weather", "not asked for")
            self.publish_until_received(nats, tail, "prices.eth", "3000")
        self.assertNotIn("weather", tail.stdout.text())

    def test_answers_text_pings_of_the_protocol(self):
        with self.tail("--text-ping", r"PING\r\n", "--text-pong", r"PONG\r\n", "--ping-interval",
                       "100ms", "--topics", "news") as tail, self.server.publisher() as nats:
            self.publish_until_received(nats, tail, "news", "first")
            # Three unanswered pings end a connection, so this one has had its answers.
            self.publish_for(nats, "news", 1.0)
            self.assertNotIn("lost", tail.stderr.text())
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)
        self.assertIn("1 connection, 0 reconnects", tail.stderr.text())

    def tail(self, *more):
        return Tail(self.server.url, "--send", CONNECT, "--subscribe", SUBSCRIBE, "--binary",
                    "text", "--data-timeout", "none", *more)

    def publish_until_received(self, nats, tail, subject, payload):
        """NATS keeps nothing, so a message that comes before its subscription is lost."""

        def has_arrived():
            nats.publish(subject, payload)
            return f"MSG {subject} " in tail.stdout.text() and payload in tail.stdout.text()

        eventually(lambda: has_arrived() or tail.child.poll() is not None)
        self.assertTrue(has_arrived(), tail.stdout.text() + tail.stderr.text())

    def publish_for(self, nats, subject, seconds):
        eventually(lambda: nats.publish(subject, "again"), seconds)


if __name__ == "__main__":
    unittest.main(verbosity=2)
