"""Log records as one JSON object a line: a new line inside a value cannot forge a second record."""

import json
import logging
import re

# A mailed link is a key: of its address only the number is written down.
KEYS = re.compile(r"(/(?:odpowiedz|zaproszenie|obserwowane|obserwuj/potwierdz)/\d+)\.[\w-]+")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return KEYS.sub(r"\1", json.dumps(line, ensure_ascii=False))
