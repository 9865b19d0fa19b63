"""Servers that this project did not write, on free ports of the loopback."""

import json
import os
import pathlib
import random
import shutil
import socket
import subprocess

from .process import PATIENCE, Process, eventually

HERE = pathlib.Path(__file__).parent
# Debian and npm --prefix /usr install Node packages here, where require() does not look by itself.
NODE_ENVIRONMENT = {"NODE_PATH": "/usr/share/nodejs:/usr/lib/node_modules"}


def program(name):
    """The path of a program that the tests need; /usr/sbin is not in everybody's PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")
    if path is None:
        raise AssertionError(f"{name} is not installed; scripts/bootstrap --test installs it")
    return path


def free_port():
    """A port that nobody has now, for servers that cannot choose one themselves.

    It is below those that the kernel gives to clients, so that none of them takes it meanwhile, and
    a client that tries while the server is away cannot be connected to itself.
    """
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_for_port(port, process):
    """Returns when somebody accepts connections there."""

    def is_decided():
        return accepts_connections(port) or process.child.poll() is not None

    eventually(is_decided)
    if not accepts_connections(port):
        process.kill()
        raise AssertionError(f"{process.command} does not listen:\n{process.stderr.text()}")


def accepts_connections(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class FeedServer(Process):
    """feed_server.cjs: the Node package ws."""

    def __init__(self, *options, port=0):
        super().__init__(
            [program("node"), HERE / "feed_server.cjs", "--port", port, *options],
            **NODE_ENVIRONMENT,
        )
        try:
            self.port = json.loads(self.stdout.containing("listening"))["port"]
        except AssertionError as failure:
            self.kill()
            raise AssertionError(f"{failure}\n{self.stderr.text()}") from failure
        self.url = f"ws://127.0.0.1:{self.port}/ws"

    def connections(self):
        """What each connection so far has sent, the oldest first."""
        return self._report()["connections"]

    def sequence(self):
        """The number of the newest messages."""
        return self._report()["sequence"]

    def _report(self):
        self.tell("report")
        return json.loads(self.stdout.containing('"report"'))


class NatsServer(Process):
    """nats-server with its WebSocket listener."""

    def __init__(self, folder):
        self.port = free_port()
        self.websocket_port = free_port()
        config = pathlib.Path(folder) / "nats.conf"
        config.write_text(
            f"listen: 127.0.0.1:{self.port}\n"
            f"websocket {{ listen: '127.0.0.1:{self.websocket_port}', no_tls: true }}\n"
        )
        super().__init__([program("nats-server"), "-c", config])
        wait_for_port(self.port, self)
        wait_for_port(self.websocket_port, self)
        self.url = f"ws://127.0.0.1:{self.websocket_port}/"

    def publisher(self):
        return NatsPublisher(self.port)


class NatsPublisher:
    """As much of the NATS protocol as publishing takes, over plain TCP."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.sendall(b'CONNECT {"verbose":false}\r\n')

    def publish(self, subject, payload):
        self.socket.sendall(f"PUB {subject} {len(payload)}\r\n{payload}\r\n".encode())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.socket.close()


class Certificates:
    """An authority of our own, a server certificate for `localhost`, and one for nobody here."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.authority = self._create("authority", "Test Authority", [])
        self.server = self._sign("server", "DNS:localhost,IP:127.0.0.1")
        self.stranger = self._sign("stranger", "DNS:elsewhere.example")

    def _openssl(self, *arguments):
        done = subprocess.run(
            [program("openssl"), *map(str, arguments)], capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    def _create(self, name, common_name, more):
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", 2, "-subj", f"/CN={common_name}", "-keyout", key, "-out", certificate, *more,
        )
        return certificate

    def _sign(self, name, names):
        return self._create(name, name, [
            "-CA", self.authority, "-CAkey", self.folder / "authority.key",
            "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=CA:FALSE",
        ])


class TlsProxy(Process):
    """nginx, which ends TLS in front of a plain WebSocket server."""

    def __init__(self, folder, certificate, upstream_port):
        self.port = free_port()
        folder = pathlib.Path(folder)
        config = folder / f"nginx-{self.port}.conf"
        config.write_text(NGINX_CONFIG.format(
            folder=folder, port=self.port, certificate=certificate,
            key=certificate.with_suffix(".key"), upstream=upstream_port,
        ))
        super().__init__([program("nginx"), "-p", folder, "-e", "stderr", "-c", config])
        wait_for_port(self.port, self)
        self.url = f"wss://localhost:{self.port}/ws"


NGINX_CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx-{port}.pid;
error_log stderr warn;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }}
  }}
}}
"""
