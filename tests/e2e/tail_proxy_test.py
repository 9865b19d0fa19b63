"""`wsm tail` through microsocks, tinyproxy, and haproxy with TLS, to plain and TLS targets."""

import tempfile
import unittest

from support.proxies import ESCAPED, PASSWORD, USER, HttpProxy, Socks, TlsFront
from support.servers import Certificates, FeedServer, TlsProxy, free_port
from support.tail import SUBSCRIBE, Tail, run_tail

USAGE, CONNECT_FAILED = 2, 4


class ProxyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.certificates = Certificates(folder.name)
        cls.feed = cls.started(FeedServer())
        cls.tls_feed = cls.started(TlsProxy(folder.name, cls.certificates.server, cls.feed.port))
        cls.ports = [cls.feed.port, cls.tls_feed.port]
        cls.socks = cls.started(Socks())
        cls.http = cls.started(HttpProxy(folder.name, cls.ports))
        cls.https = cls.started(TlsFront(folder.name, cls.certificates.server, cls.http.port))

    @classmethod
    def started(cls, process):
        cls.addClassCleanup(process.kill)
        return process

    def follow(self, url, *more):
        return run_tail(url, "--topics", "a", "--subscribe", SUBSCRIBE, "--count", "3",
                        "--ca", self.certificates.authority, *more)

    def expect_messages(self, *arguments):
        code, out, err = self.follow(*arguments)
        self.assertEqual(code, 0, err)
        self.assertIn('"seq"', out)

    def expect_refusal(self, *arguments):
        code, out, err = self.follow(self.feed.url, *arguments)
        self.assertEqual((code, out), (CONNECT_FAILED, ""), err)
        return err

    def test_every_proxy_carries_plain_and_tls_targets(self):
        named = f"ws://localhost:{self.feed.port}/ws"
        for proxy in (self.socks.url("socks5"), self.socks.url("socks5h"), self.http.url(),
                      self.https.url()):
            for target in (self.feed.url, named, self.tls_feed.url):
                with self.subTest(proxy=proxy, target=target):
                    self.expect_messages(target, "--proxy", proxy)

    def test_goes_through_the_proxy_and_not_around_it(self):
        with HttpProxy(self.folder, [1]) as forbidding:
            err = self.expect_refusal("--proxy", forbidding.url())
        self.assertIn(f"proxy failed: http://127.0.0.1:{forbidding.port}: HTTP 403", err)

    def test_logs_in_at_a_socks_proxy(self):
        with Socks("-u", USER, "-P", PASSWORD) as proxy:
            self.expect_messages(self.feed.url, "--proxy", proxy.url(login=ESCAPED))
            err = self.expect_refusal("--proxy", proxy.url(login="me:wrong"))
            self.assertIn("does not accept the user and password", err)
            self.assertNotIn("wrong", err)
            self.assertIn("who we are", self.expect_refusal("--proxy", proxy.url()))

    def test_logs_in_at_an_http_proxy_with_and_without_tls(self):
        with HttpProxy(self.folder, self.ports, "BasicAuth me secret\n") as proxy, \
                TlsFront(self.folder, self.certificates.server, proxy.port) as front:
            for url in (proxy.url, front.url):
                self.expect_messages(self.tls_feed.url, "--proxy", url(login="me:s%65cret"))
                err = self.expect_refusal("--proxy", url(login="me:wrong"))
                self.assertIn("does not accept the user and password", err)
                self.assertNotIn("wrong", err)
                self.assertIn("has no user and password", self.expect_refusal("--proxy", url()))

    def test_connects_to_the_proxy_from_a_source_address(self):
        self.expect_messages(self.feed.url, "--proxy", self.http.url(), "--source-ip", "127.0.0.7")

    def test_says_which_hop_failed(self):
        nobody = free_port()
        err = self.expect_refusal("--proxy", f"socks5h://me:secret@127.0.0.1:{nobody}")
        self.assertIn(f"proxy failed: socks5h://127.0.0.1:{nobody}: ", err)
        self.assertIn("refused", err)
        self.assertNotIn("secret", err)

        code, _, err = run_tail(f"ws://127.0.0.1:{nobody}/", "--proxy", self.socks.url())
        self.assertEqual(code, CONNECT_FAILED)
        self.assertIn(f"through socks5h://127.0.0.1:{self.socks.port}: ", err)

        err = self.expect_refusal("--proxy", f"https://127.0.0.1:{self.http.port}")
        self.assertIn("TLS", err)
        err = self.expect_refusal("--proxy", f"http://localhost:{self.https.port}")
        self.assertIn("proxy failed: http://localhost:", err)

    def test_refuses_a_url_that_is_none_of_a_proxy(self):
        code, _, err = self.follow(self.feed.url, "--proxy", "socks4://me:secret@127.0.0.1")
        self.assertEqual(code, USAGE)
        self.assertIn("--proxy: the scheme of the URL is socks4", err)
        self.assertNotIn("secret", err)

    def test_goes_on_through_another_when_one_dies_in_the_middle(self):
        with Socks() as first, Tail(
                self.feed.url, "--topics", "a", "--subscribe", SUBSCRIBE,
                "--proxy", first.url(), "--proxy", self.http.url()) as tail:
            tail.stdout.containing('"seq"')
            first.kill()
            tail.stderr.containing("connection lost")
            tail.stderr.containing("connected")
            tail.stdout.skip()
            tail.stdout.containing('"seq"')
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
