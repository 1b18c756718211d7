"""Saves a report twice a second, quicker than anybody types, until its input closes; says the
longest that one took.

python -m benchmarks.saver [country N]    in the school of forty actions, or in the Nth school
                                          of the country that is implementing its year
"""

from __future__ import annotations

import select
import sys
import time

from benchmarks import measure

PAUSE = 0.5  # seconds


def main() -> None:
    measure.setup()
    from benchmarks import people

    words = sys.argv[1:]
    school = people.Countryside(int(words[1])) if words[:1] == ["country"] else people.Forty()
    longest, number = 0.0, 0
    school.save_report(f"Nota {number}")
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        number += 1
        started = time.perf_counter()
        school.save_report(f"Nota {number}")
        longest = max(longest, time.perf_counter() - started)
    sys.stdout.write(f"{longest}\n")


if __name__ == "__main__":
    main()
