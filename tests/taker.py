"""A process of its own that takes from a bucket whenever there is likely to be something in it."""

import sys
import time

from campaigns.buckets import Bucket, Buckets


def main(url: str, rate: float, peers: int, seconds: float) -> int:
    """Wait for the word, and return how many were granted from then on."""
    buckets, count = Buckets(url or None, peers), 0
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        grant = buckets.take([Bucket("shared", rate)], 10)
        count += grant.granted
        time.sleep(min(grant.wait, left))
    buckets.close()
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))}\n")
