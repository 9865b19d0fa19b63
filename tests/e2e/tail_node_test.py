"""`wsm tail` against the Node package ws."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import unittest

from support.process import PATIENCE, Process, eventually, is_full
from support.servers import FeedServer, free_port
from support.tail import SUBSCRIBE, Tail, run_tail, wsm_program


def topics_of(lines):
    """Which topics the JSON lines of the feed are about."""
    return {json.loads(line)["topic"] for line in lines if '"seq"' in line}


def all_subscribed(server):
    """How often each topic was asked for, over all connections of `server`."""
    counts = {}
    for connection in server.connections():
        for topic, count in connection["subscribed"].items():
            counts[topic] = counts.get(topic, 0) + count
    return counts


class CompressionTest(unittest.TestCase):
    # Long enough for the request to be worth compressing.
    TOPICS = [f"{name}-{'x' * 20}" for name in "abcdefgh"]

    def run_with(self, choice, *server_options):
        """The extensions that were agreed on, and the lines that came."""
        with FeedServer(*server_options) as server:
            code, out, err = run_tail(
                server.url, "--topics", ",".join(self.TOPICS), "--subscribe", SUBSCRIBE,
                "--compression", choice, "--count", "200")
            self.assertEqual(code, 0, err)
            connection = server.connections()[0]
        self.assertEqual(sorted(connection["subscribed"]), self.TOPICS)
        lines = out.splitlines()
        self.assertEqual(len(lines), 200)
        self.assertEqual(topics_of(lines), set(self.TOPICS))
        for line in lines:
            json.loads(line)
        return connection["extensions"]

    def test_is_agreed_on(self):
        self.assertEqual(self.run_with("on", "--deflate"), "permessage-deflate")

    def test_without_context_takeover(self):
        self.assertEqual(self.run_with("no-context-takeover", "--deflate"), "permessage-deflate")

    def test_is_declined_by_servers_that_know_none(self):
        self.assertEqual(self.run_with("on"), "")

    def test_is_off_by_itself(self):
        self.assertEqual(self.run_with("off", "--deflate"), "")


class MessagesTest(unittest.TestCase):
    def test_writes_text_messages_verbatim_one_a_line(self):
        with FeedServer() as server:
            code, out, _ = run_tail(
                server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE, "--count", "7")
        lines = out.splitlines()
        self.assertEqual(code, 0)
        self.assertEqual(len(lines), 7)
        self.assertEqual(json.loads(lines[0]), {"op": "subscribe", "id": 1, "ok": True})
        self.assertEqual(topics_of(lines), {"a", "b"})
        self.assertRegex(lines[1], r'^\{"topic":"a","seq":\d+\}$')

    def test_needs_no_subscription_where_the_url_is_one(self):
        with FeedServer() as server:
            code, out, err = run_tail(server.url.replace("/ws", "/all"), "--count", "2")
        self.assertEqual(code, 0)
        self.assertEqual(topics_of(out.splitlines()), {"all"})
        self.assertNotIn("requested", err)

    def test_writes_json_lines_with_shard_and_time(self):
        with FeedServer() as server:
            _, out, _ = run_tail(server.url, "--topics", "a", "--subscribe", SUBSCRIBE, "--json",
                                 "--count", "2")
        line = json.loads(out.splitlines()[1])
        self.assertEqual((line["shard"], line["generation"], line["kind"]), (0, 1, "text"))
        self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(json.loads(line["text"])["topic"], "a")

    def test_writes_binary_messages_in_the_form_that_is_asked_for(self):
        with FeedServer("--binary") as server:
            url = server.url.replace("/ws", "/all")
            _, base64, _ = run_tail(url, "--count", "1")
            _, plain, _ = run_tail(url, "--count", "1", "--binary", "text")
            _, as_json, _ = run_tail(url, "--count", "1", "--json")
        self.assertRegex(base64, r"^\[binary, \d+ bytes, base64\] eyJ0")
        self.assertEqual(json.loads(plain)["topic"], "all")
        self.assertTrue(json.loads(as_json.splitlines()[0])["base64"].startswith("eyJ0"))


class RequestsTest(unittest.TestCase):
    def test_reads_topics_from_a_file_and_from_stdin(self):
        with tempfile.TemporaryDirectory() as folder, FeedServer() as server:
            file = pathlib.Path(folder) / "topics.txt"
            file.write_text("# prices\nfrom file\n\n")
            with Tail(server.url, "--topics-file", file, "-", "--subscribe", SUBSCRIBE) as tail:
                tail.tell("from stdin\n# nothing")
                tail.child.stdin.close()
                tail.stderr.containing("requested 2 of 2")
                self.assertEqual(all_subscribed(server), {"from file": 1, "from stdin": 1})

    def test_spreads_topics_over_shards_and_requests(self):
        with FeedServer() as server, Tail(
                server.url, "--topics", "a,b,c,d,e,f,g", "--subscribe", SUBSCRIBE,
                "--max-per-shard", "4", "--batch", "2") as tail:
            tail.stderr.containing("requested 7 of 7")
            tail.stdout.containing('"seq"')
            connections = server.connections()
        self.assertEqual(sorted(len(c["subscribed"]) for c in connections), [3, 4])
        self.assertEqual([c["requests"] for c in connections], [2, 2])

    def test_makes_a_message_of_each_topic(self):
        with FeedServer() as server, Tail(
                server.url, "--topics", "a,b,c", "--subscribe",
                '{"op":"subscribe","arg":"$topic"}') as tail:
            tail.stderr.containing("requested 3 of 3")
            tail.stdout.containing('"seq"')
            connection = server.connections()[0]
        self.assertEqual(connection["requests"], 3)
        self.assertEqual(connection["subscribed"], {"a": 1, "b": 1, "c": 1})

    def test_sends_headers_subprotocol_and_first_messages(self):
        with FeedServer("--subprotocol", "feed.v1") as server, Tail(
                server.url, "--header", "X-Key: secret", "--subprotocol", "feed.v2",
                "--subprotocol", "feed.v1", "--send", '["login"]', "--send", "{}", "--send",
                r"hello\x21", "--topics", "a", "--subscribe", SUBSCRIBE) as tail:
            tail.stdout.containing('"seq"')
            connection = server.connections()[0]
        self.assertEqual(connection["headers"]["x-key"], "secret")
        self.assertEqual(connection["subprotocol"], "feed.v1")
        self.assertEqual(connection["texts"], ['["login"]', "{}", "hello!"])

    def test_pings_with_text(self):
        with FeedServer() as server, Tail(
                server.url, "--text-ping", "ping", "--text-pong", "pong", "--ping-interval",
                "100ms", "--data-timeout", "none") as tail:
            self.assertTrue(eventually(lambda: any(
                c["texts"][:2] == ["ping", "ping"] for c in server.connections())))
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)
            self.assertEqual(tail.stdout.text(), "")


class LossTest(unittest.TestCase):
    def test_brings_every_subscription_back_once_after_a_restart(self):
        topics = {f"t{i}" for i in range(10)}
        once = {topic: 1 for topic in topics}
        with FeedServer(port=free_port()) as before, Tail(
                before.url, "--topics", ",".join(topics), "--subscribe", SUBSCRIBE,
                "--max-per-shard", "4") as tail:
            tail.stderr.containing("requested 10 of 10")
            self.wait_for_data(tail, topics)
            self.assertEqual(all_subscribed(before), once)
            before.kill()
            tail.stderr.containing("reconnect in")
            with FeedServer(port=before.port) as after:
                tail.stderr.containing("requested 10 of 10")
                tail.stdout.skip()
                self.wait_for_data(tail, topics)
                self.assertEqual(all_subscribed(after), once)
                self.assertEqual(len(after.connections()), 3)
                tail.interrupt()
                self.assertEqual(tail.wait(), 0)
        self.assertIn("6 connections, 3 reconnects", tail.stderr.text())

    def test_goes_on_for_ever_once_it_has_worked(self):
        with FeedServer() as server, Tail(
                server.url, "--topics", "a", "--subscribe", SUBSCRIBE) as tail:
            tail.stdout.containing('"seq"')
            server.tell("close 1012 restart")
            tail.stderr.containing("1012")
            tail.stderr.containing("connected in")
            tail.stdout.containing('"seq"')

    def test_waits_for_the_first_connection_when_told_to_retry(self):
        port = free_port()
        url = f"ws://127.0.0.1:{port}/"
        with Tail(url, "--topics", "a", "--subscribe", SUBSCRIBE, "--retry") as tail:
            tail.stderr.containing("reconnect in")
            with FeedServer(port=port):
                tail.stdout.containing('"seq"')

    def wait_for_data(self, tail, topics):
        missing = set(topics)
        while missing:
            line = tail.stdout.containing('"seq"')
            missing.discard(json.loads(line)["topic"])


class EndTest(unittest.TestCase):
    def test_ctrl_c_closes_gracefully_and_sums_up(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with FeedServer() as server, Tail(
                    server.url, "--topics", "a,b", "--subscribe", SUBSCRIBE, "--max-per-shard",
                    "1") as tail:
                tail.stderr.containing("requested 2 of 2")
                tail.stdout.containing('"seq"')
                tail.child.send_signal(number)
                self.assertEqual(tail.wait(), 0)
                summary = tail.stderr.text()
                self.assertRegex(summary, r"wsm: \d+ messages, .* in .* \(.*/s\); 2 connections")
                self.assertRegex(summary, r"shard 1: \d+ message")
                self.assertEqual([c["closeCode"] for c in server.connections()], [1001, 1001])

    def test_ctrl_c_says_in_a_terminal_what_another_one_does(self):
        terminal, its_end = os.openpty()
        self.addCleanup(os.close, terminal)
        with FeedServer() as server:
            tail = subprocess.Popen([wsm_program(), "tail", server.url.replace("/ws", "/all")],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=its_end)
            self.addCleanup(tail.kill)
            os.close(its_end)
            self.read_until(terminal, "connected in")
            tail.send_signal(signal.SIGINT)
            self.assertEqual(tail.wait(PATIENCE), 0)
            self.read_until(terminal, "stopping; Ctrl-C again ends at once")

    def read_until(self, terminal, text):
        """Returns when `text` has come; an error of the terminal says that it never will."""
        shown = ""
        while text not in shown:
            shown += os.read(terminal, 4096).decode()

    def test_ends_after_the_time_that_is_given(self):
        with FeedServer() as server:
            code, out, err = run_tail(server.url.replace("/ws", "/all"), "--duration", "300ms")
        self.assertEqual(code, 0)
        self.assertIn('"seq"', out)
        self.assertIn(" messages, ", err)

    def test_says_nothing_when_quiet(self):
        with FeedServer() as server:
            _, out, err = run_tail(server.url.replace("/ws", "/all"), "--count", "3", "--quiet")
        self.assertEqual(len(out.splitlines()), 3)
        self.assertEqual(err, "")

    def test_ends_quietly_when_the_reader_has_enough(self):
        with FeedServer() as server:
            done = subprocess.run(
                ["bash", "-c", 'set -o pipefail; "$0" tail "$1" | head -n 3', wsm_program(),
                 server.url.replace("/ws", "/all")],
                capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertNotIn("roken pipe", done.stderr)


class FailingOutputTest(unittest.TestCase):
    def test_says_that_stdout_is_closed(self):
        for arguments in ("tail ws://127.0.0.1:1/", "demo --seconds 5"):
            done = run_in_shell(f'"$0" {arguments} >&-')
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn("wsm: stdout is closed", done.stderr)

    def test_gives_the_place_of_no_closed_file_to_another(self):
        command = ["bash", "-c", 'exec "$0" tail "$1" <&- 2>&-', wsm_program()]
        with FeedServer() as server, Process([*command, server.url.replace("/ws", "/all")]) as tail:
            tail.stdout.containing('"seq"')
            for descriptor in (0, 2):
                file = os.readlink(f"/proc/{tail.child.pid}/fd/{descriptor}")
                self.assertEqual(file, "/dev/null", descriptor)
            tail.interrupt()
            self.assertEqual(tail.wait(), 0)

    def test_complains_when_the_last_messages_cannot_be_written(self):
        with FeedServer("--rate", "1") as server, tempfile.TemporaryFile() as file:
            url = server.url.replace("/ws", "/all")
            done = subprocess.run(
                [wsm_program(), "tail", url, "--count", "2"], stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.PIPE, preexec_fn=limit_files_to_one_message,
                text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("wsm: cannot write to stdout: File too large", done.stderr)
        self.assertEqual(done.stderr.count("cannot write"), 1)


def run_in_shell(command):
    """Runs `command` with the program as $0."""
    return subprocess.run(["bash", "-c", command, wsm_program()], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)


def limit_files_to_one_message():
    """The first is written as it comes, the second in the end: {"topic":"all","seq":1}."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))


class StuckReaderTest(unittest.TestCase):
    """Nobody reads stdout, so that the end has something to wait for."""

    def setUp(self):
        self.server = FeedServer("--rate", "10")  # The pipe is full within a second.
        self.addCleanup(self.server.kill)
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        topics = ",".join("x" * 50 + str(i) for i in range(200))
        self.tail = subprocess.Popen(
            [wsm_program(), "tail", self.server.url, "--topics", topics, "--subscribe", SUBSCRIBE,
             "--batch", "20"],
            stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.tail.stderr.close)
        self.addCleanup(self.tail.wait, PATIENCE)
        self.addCleanup(self.tail.kill)
        with os.fdopen(writer, "wb"):
            self.assertTrue(eventually(lambda: is_full(writer)))

    def test_a_second_ctrl_c_ends_at_once(self):
        self.tail.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            self.tail.wait(1.0)  # Signals that come together are one wish.
        self.tail.send_signal(signal.SIGINT)
        self.assertEqual(self.tail.wait(PATIENCE), 130)
        self.assertIn("wsm: stopping; Ctrl-C again ends at once\n", self.tail.stderr.read())

    def test_one_ctrl_c_waits_only_so_long(self):
        self.tail.send_signal(signal.SIGINT)
        _, err = self.tail.communicate(timeout=PATIENCE)
        self.assertEqual(self.tail.returncode, 0)
        self.assertIn("nobody reads stdout", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
