"""Proxies that this project did not write, on free ports of the loopback."""

import pathlib

from .process import Process
from .servers import free_port, program, wait_for_port

USER, PASSWORD = "me", "p:s/w@r d"
ESCAPED = "me:p%3As%2Fw%40r%20d"


class Socks(Process):
    """microsocks."""

    def __init__(self, *options):
        self.port = free_port()
        super().__init__([program("microsocks"), "-i", "127.0.0.1", "-p", self.port, *options])
        wait_for_port(self.port, self)

    def url(self, scheme="socks5h", login=""):
        return f"{scheme}://{login and login + '@'}127.0.0.1:{self.port}"


class HttpProxy(Process):
    """tinyproxy, which lets CONNECT through to `ports` only."""

    def __init__(self, folder, ports, more=""):
        self.port = free_port()
        config = pathlib.Path(folder) / f"tinyproxy-{self.port}.conf"
        allowed = "".join(f"ConnectPort {port}\n" for port in ports)
        config.write_text(
            f"Port {self.port}\nListen 127.0.0.1\nTimeout 30\nMaxClients 20\nLogLevel Error\n"
            f"{allowed}{more}"
        )
        super().__init__([program("tinyproxy"), "-d", "-c", config])
        wait_for_port(self.port, self)

    def url(self, login=""):
        return f"http://{login and login + '@'}127.0.0.1:{self.port}"


class TlsFront(Process):
    """haproxy, which ends TLS in front of another proxy."""

    def __init__(self, folder, certificate, upstream_port):
        self.port = free_port()
        folder = pathlib.Path(folder)
        both = folder / f"haproxy-{self.port}.pem"
        both.write_text(certificate.read_text() + certificate.with_suffix(".key").read_text())
        config = folder / f"haproxy-{self.port}.cfg"
        config.write_text(
            "defaults\n  mode tcp\n  timeout connect 10s\n  timeout client 60s\n"
            "  timeout server 60s\n"
            f"frontend tls\n  bind 127.0.0.1:{self.port} ssl crt {both}\n  default_backend proxy\n"
            f"backend proxy\n  server proxy 127.0.0.1:{upstream_port}\n"
        )
        super().__init__([program("haproxy"), "-db", "-f", config])
        wait_for_port(self.port, self)

    def url(self, login=""):
        return f"https://{login and login + '@'}localhost:{self.port}"
