# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the sandbox in the foreground: ``python tests/sandbox/serve.py [--port 0] [--profile current|2025|2024]``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import Sandbox


def main() -> int:
    """Start, say where, and serve till SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port, 0 for a free one")
    parser.add_argument("--profile", choices=("current", "2025", "2024"), default="current")
    parser.add_argument("--token", help="value of the key with full access (a made-up one otherwise)")
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Sandbox(options.profile, options.port, options.token) as sandbox:
        print(json.dumps(sandbox.banner()), flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
