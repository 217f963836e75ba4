"""One answer line for each request line, whatever the line holds."""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from .protocol import Answer, BadRequest, parse_request
from .strategies import suggest


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answers until the input ends, which it does when the process that asked is gone."""
    for line in requests:
        if line.strip():
            answers.write(json.dumps(answer_line(line), allow_nan=False) + "\n")
            answers.flush()


def answer_line(line: str) -> dict[str, Any]:
    """The answer to one request, with its id; `error` instead of `points` when there is none."""
    identity = None
    try:
        raw = json.loads(line)
        identity = raw.get("id") if isinstance(raw, dict) else None
        return {"id": identity, **_shown(suggest(parse_request(raw)))}
    except (BadRequest, json.JSONDecodeError) as error:
        return {"id": identity, "error": str(error)}
    except Exception as error:  # noqa: BLE001 - a request that cannot be answered must not end the process
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return {"id": identity, "error": f"{type(error).__name__}: {error}"}


def _shown(answer: Answer) -> dict[str, Any]:
    return {
        "points": [list(point) for point in answer.points],
        "expected_improvement": answer.expected_improvement,
        "leaders": [list(point) for point in answer.leaders],
    }
