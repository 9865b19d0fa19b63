"""A child process whose output can be waited for, and which never outlives its test."""

import os
import queue
import select
import signal
import subprocess
import threading
import time

PATIENCE = 30.0  # Seconds; far more than any step takes, sanitizers and a busy machine included.


def eventually(question, timeout=PATIENCE):
    """Asks until the answer is true, and returns it; the last answer when the time is over."""
    deadline = time.monotonic() + timeout
    while True:
        answer = question()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.02)


def is_full(pipe):
    """Bytes do not tell: a page of a pipe that a write does not fit into stays as it is."""
    poll = select.poll()
    poll.register(pipe, select.POLLOUT)
    return not poll.poll(0)


class Process:
    """Runs `command` with its output read in the background, line by line."""

    def __init__(self, command, **environment):
        self.command = [str(word) for word in command]
        self.child = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
            text=True,
            errors="replace",
        )
        self.stdout = Lines(self.child.stdout)
        self.stderr = Lines(self.child.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    def tell(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()

    def interrupt(self):
        self.child.send_signal(signal.SIGINT)

    def wait(self, timeout=PATIENCE):
        """The exit code, when everything it wrote has been read."""
        try:
            code = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.command} did not end; stderr:\n{self.stderr.text()}")
        self.stdout.finish()
        self.stderr.finish()
        return code

    def kill(self):
        self.child.kill()
        self.child.wait(PATIENCE)
        self.stdout.finish()
        self.stderr.finish()
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            try:
                stream.close()
            except BrokenPipeError:  # Something was still to be written to stdin.
                pass


class Lines:
    """The lines of a stream, collected by a thread."""

    def __init__(self, stream):
        self.seen = []
        self.fresh = queue.Queue()
        self.thread = threading.Thread(target=self._collect, args=(stream,), daemon=True)
        self.thread.start()

    def _collect(self, stream):
        for line in stream:
            line = line.rstrip("\n")
            self.seen.append(line)
            self.fresh.put(line)
        self.fresh.put(None)

    def until(self, is_wanted, timeout=PATIENCE):
        """The first line from here on for which is_wanted(line) holds."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self.fresh.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError("the line never came; so far:\n" + self.text())
            if is_wanted(line):
                return line

    def containing(self, text, timeout=PATIENCE):
        return self.until(lambda line: text in line, timeout)

    def skip(self):
        """Forgets what has come so far; the lines to wait for are later ones."""
        while not self.fresh.empty():
            self.fresh.get_nowait()

    def finish(self):
        self.thread.join(PATIENCE)

    def text(self):
        return "\n".join(self.seen[-200:])
