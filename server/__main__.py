"""``python -m server``: the command line, with Ctrl-C answered from its first moment on.

Loading the command line takes a third of a second; who presses Ctrl-C in it wants no traceback.
"""

from __future__ import annotations

import os
import signal
from typing import Any

EXIT_INTERRUPTED = 130


def _stop(*_: Any) -> None:
    """Nothing has been begun: go at once, saying so."""
    from geo.words import LANGUAGES, say

    given = os.environ.get("ONEMAP_LANG", "")
    language = given if given in LANGUAGES else LANGUAGES[0]
    os.write(2, f"\n{say('errors.interrupted', language)}\n".encode())
    os._exit(EXIT_INTERRUPTED)


def _main() -> None:
    heeded = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN  # a job in the background
    if heeded:
        signal.signal(signal.SIGINT, _stop)
    from server.cli import main

    if heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


if __name__ == "__main__":
    _main()
