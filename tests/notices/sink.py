"""A mail server of a few lines on a real socket: keeps what it accepts and refuses what it is told to refuse."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        # By a part of the address: what is answered to RCPT.
        self.refused: dict[str, bytes] = {}
        self.answer_to_text = b"250 kept"

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def handle(self) -> None:
        self.say(b"220 sink")
        recipients: list[str] = []
        for line in self.rfile:
            verb = line.strip().upper()
            if verb.startswith((b"EHLO", b"HELO", b"MAIL", b"RSET", b"NOOP")):
                self.say(b"250 sink")
            elif verb.startswith(b"RCPT"):
                address = line.decode().partition("<")[2].partition(">")[0]
                refusal = next((answer for part, answer in self.server.refused.items() if part in address), None)
                self.say(refusal or b"250 known")
                recipients += [] if refusal else [address]
            elif verb.startswith(b"DATA"):
                self.say(b"354 go on")
                self.keep(recipients)
                recipients = []
            elif verb.startswith(b"QUIT"):
                self.say(b"221 bye")
                return
            else:
                self.say(b"502 not here")

    def keep(self, recipients: list[str]) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        answer = self.server.answer_to_text
        if answer.startswith(b"2"):
            self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.server.recipients += recipients
        self.say(answer)


@contextmanager
def listening() -> Iterator[Sink]:
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()


def body_of(letter: EmailMessage, kind: str) -> str:
    """The text of one of its two forms: plain, html."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())
