"""The judge that wsm_conformance visits: a fuzzing server of our own, in Node."""

import json
import pathlib

from ..process import Process
from ..servers import NODE_ENVIRONMENT, program

FOLDER = pathlib.Path(__file__).parent


class Judge(Process):
    def __init__(self):
        super().__init__([program("node"), FOLDER / "server.cjs"], **NODE_ENVIRONMENT)
        listening = json.loads(self.stdout.containing("listening"))
        self.port = listening["port"]
        self.url = f"ws://127.0.0.1:{self.port}"
        self.cases = listening["cases"]

    def verdict(self):
        """The next verdict."""
        return json.loads(self.stdout.containing('"case"'))

    def verdicts(self):
        """The verdict of each case, once the reports have been asked for."""
        self.stdout.containing('"reports"')
        lines = [json.loads(line) for line in self.stdout.seen]
        return [line for line in lines if "case" in line]
