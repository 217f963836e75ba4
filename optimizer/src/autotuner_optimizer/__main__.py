"""`python -m autotuner_optimizer`: JSON lines over standard input and output."""

import sys

from .server import serve

serve(sys.stdin, sys.stdout)
