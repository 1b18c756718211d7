"""What `check` looks at. Each module has functions that yield one sentence per finding.

Each reads in slices, so that a country takes no more memory than a school.
"""

from collections.abc import Callable, Iterator

Check = Callable[[], Iterator[str]]
SLICE = 2000
