"""`wsm tail` through nginx, which ends TLS with a certificate of our own authority."""

import tempfile
import unittest

from support.servers import Certificates, FeedServer, TlsProxy
from support.tail import SUBSCRIBE, Tail, run_tail

USAGE, TLS_FAILED = 2, 5


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.certificates = Certificates(folder.name)
        cls.feed = FeedServer()
        cls.addClassCleanup(cls.feed.kill)
        cls.proxy = TlsProxy(folder.name, cls.certificates.server, cls.feed.port)
        cls.addClassCleanup(cls.proxy.kill)
        cls.stranger = TlsProxy(folder.name, cls.certificates.stranger, cls.feed.port)
        cls.addClassCleanup(cls.stranger.kill)

    def follow(self, url, *more):
        return run_tail(url, "--topics", "a", "--subscribe", SUBSCRIBE, "--count", "3", *more)

    def test_trusts_the_authority_that_is_given(self):
        code, out, err = self.follow(self.proxy.url, "--ca", self.certificates.authority)
        self.assertEqual(code, 0, err)
        self.assertIn('"seq"', out)

    def test_refuses_a_file_that_holds_no_certificates(self):
        key = self.certificates.server.with_suffix(".key")
        code, _, err = self.follow(self.proxy.url, "--ca", key)
        self.assertEqual(code, USAGE)
        self.assertIn("server.key", err)

    def test_refuses_an_authority_that_nobody_knows(self):
        code, out, err = self.follow(self.proxy.url)
        self.assertEqual(code, TLS_FAILED)
        self.assertEqual(out, "")
        self.assertIn("certificate", err)
        self.assertIn("--ca FILE", err)

    def test_refuses_a_certificate_for_another_name(self):
        code, _, err = self.follow(self.stranger.url, "--ca", self.certificates.authority)
        self.assertEqual(code, TLS_FAILED)
        self.assertIn("--server-name", err)

    def test_expects_the_name_that_is_given(self):
        code, _, err = self.follow(self.stranger.url, "--ca", self.certificates.authority,
                                   "--server-name", "elsewhere.example")
        self.assertEqual(code, 0, err)

    def test_accepts_anything_when_told_to_and_warns(self):
        code, out, err = self.follow(self.stranger.url, "--insecure")
        self.assertEqual(code, 0, err)
        self.assertIn('"seq"', out)
        self.assertIn("--insecure:", err)

    def test_refuses_a_server_that_does_not_speak_tls(self):
        url = self.feed.url.replace("ws://", "wss://")
        code, _, err = self.follow(url)
        self.assertEqual(code, TLS_FAILED, err)

    def test_follows_many_topics_over_several_connections(self):
        topics = ",".join(f"topic{i}" for i in range(100))
        with Tail(self.proxy.url, "--ca", self.certificates.authority, "--topics", topics,
                  "--subscribe", SUBSCRIBE, "--max-per-shard", "30") as tail:
            tail.stderr.containing("requested 100 of 100")
            tail.stdout.containing('"topic99"')
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)
        self.assertIn("4 connections, 0 reconnects", tail.stderr.text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
