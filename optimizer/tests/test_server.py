from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from autotuner_optimizer.server import serve

SRC = Path(__file__).parents[1] / "src"

GOOD = {
    "id": 4,
    "strategy": "bayesian",
    "axes": [{"kind": "range", "size": 3}, {"kind": "numbers", "size": 2, "values": [8, 1]}],
    "observations": [{"point": [0, 0], "scores": [1.5], "violation": 0}],
    "pending": [[1, 1]],
    "candidates": [[2, 0], [2, 1]],
    "count": 2,
    "seed": 0,
}


def served(*lines: str) -> list[dict[str, Any]]:
    answers = io.StringIO()
    serve(io.StringIO("".join(line + "\n" for line in lines)), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_each_line_is_answered_and_a_bad_one_ends_nothing() -> None:
    bad = [
        "no json",
        "[]",
        "null",
        json.dumps({"id": 1}),
        json.dumps({**GOOD, "strategy": "guess"}),
        json.dumps({**GOOD, "candidates": [[3, 0]]}),
        json.dumps({**GOOD, "candidates": [[0]]}),
        json.dumps({**GOOD, "count": -1}),
        json.dumps({**GOOD, "axes": [{"kind": "range", "size": 0}]}),
        json.dumps({**GOOD, "observations": [{"point": [0, 0]}]}),
    ]
    answers = served(*bad, json.dumps(GOOD))
    assert len(answers) == len(bad) + 1
    assert all("error" in answer for answer in answers[:-1])
    assert [answer["id"] for answer in answers[3:]] == [1] + [4] * 7
    assert sorted(answers[-1]["points"]) == [[2, 0], [2, 1]]


def test_numbers_that_are_none_count_as_crashes() -> None:
    line = json.dumps(GOOD).replace('"scores": [1.5], "violation": 0', '"scores": [NaN], "violation": Infinity')
    crash = json.dumps({**GOOD, "observations": [{"point": [0, 0], "scores": None, "violation": 0}]})
    assert served(line) == served(crash)


def test_the_process_ends_with_its_input_and_answers_as_any_other() -> None:
    command = [sys.executable, "-m", "autotuner_optimizer"]
    # Enough to fit every model: scores, crashes, and drawn hyperparameters, planes and corners.
    points = [[i, j] for i in range(3) for j in range(2)]
    axes = [{"kind": "range", "size": 3}, {"kind": "numbers", "size": 2, "values": [8, 1]}, {"kind": "categories", "size": 4}]
    seen = [
        {"point": [*point, i % 2], "scores": None if point[0] == 2 else [1 + i / 7], "violation": 0}
        for i, point in enumerate(points)
    ]
    left = [[*point, k] for point in points for k in (2, 3)]
    learned = {**GOOD, "axes": axes, "observations": seen, "pending": [left[0]], "candidates": left[1:], "seed": 3}
    line = "".join(json.dumps(asked) + "\n" for asked in (GOOD, learned, {**learned, "count": 0}))
    first, second = (
        subprocess.run(command, input=line, capture_output=True, text=True, timeout=60, check=True, cwd=SRC)
        for _ in range(2)
    )
    assert first.stdout == second.stdout
    assert [json.loads(answer) for answer in first.stdout.splitlines()] == served(*line.splitlines())
