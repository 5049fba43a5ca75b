"""A worker without JAX: it does what a job's overrides tell it. Run as a script by the tests.

Overrides: "say=TEXT", "folder=PATH", "sleep=SECONDS", "die=SIGNAL", "exit=STATUS", "once=FILE"
(what comes after it is done only the first time), "environment=NAME" (what the outcome names).
"""

import json
import os
import sys
import time
from pathlib import Path


def answer(event, **told):
    print(json.dumps({"event": event, **told}), flush=True)


def main():
    if "--broken" in sys.argv:
        print("no such device", file=sys.stderr)
        sys.exit(7)
    answer("ready")
    for line in sys.stdin:
        job = json.loads(line)
        folder = str(os.getpid())
        for override in job["overrides"]:
            name, _, value = override.partition("=")
            if name == "say":
                print(value, file=sys.stderr, flush=True)
            elif name == "folder":
                answer("folder", folder=value)
            elif name == "sleep":
                time.sleep(float(value))
            elif name == "die":
                os.kill(os.getpid(), int(value))
            elif name == "exit":
                sys.exit(int(value))
            elif name == "environment":
                folder = os.environ.get(value, "")
            elif name == "once":
                if Path(value).exists():
                    break
                Path(value).touch()
        answer("ended", outcome={"label": "fake", "state": "done", "folder": folder})


if __name__ == "__main__":
    main()
