"""Appends every event to a file, exactly once: python3 consumer.py FILE"""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

file, url, key = sys.argv[1], os.environ["OQIM_URL"], os.environ["OQIM_API_KEY"]


def main():
    last, failures = last_kept(), 0
    while True:
        try:
            for event in page(last):
                if last is None or event["seq"] > last["seq"]:
                    keep(event)
                    last = event
            failures = 0
        except urllib.error.HTTPError as error:
            if error.code in (401, 409):
                sys.exit(error.read().decode())
            failures += 1
        except OSError as error:
            print("connection lost:", error, file=sys.stderr)
            failures += 1
        if failures:
            time.sleep(random.uniform(0, min(30, 0.25 * 2 ** min(failures, 7))))


def page(last):
    """What comes after, as soon as there is something, or nothing after 20 s.

    With the hash of the last event, a log that is not the one that was read is noticed.
    """
    place = f"after={last['seq']}&after_hash={last['hash']}" if last else "after=0"
    request = urllib.request.Request(
        f"{url}/v1/events?{place}&limit=100&wait=20",
        headers={"Authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)["data"]


def keep(event):
    """The effect, and with it the place in the log, in one write that is on disk when it returns."""
    with open(file, "a", encoding="utf-8") as out:
        out.write(json.dumps(event, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())


def last_kept():
    """The last event that is whole; what a crash has left behind it is cut off."""
    if not os.path.exists(file):
        return None
    with open(file, "rb+") as kept:
        everything = kept.read()
        whole = everything[: everything.rfind(b"\n") + 1]
        kept.truncate(len(whole))
    return json.loads(whole.splitlines()[-1]) if whole else None


main()
