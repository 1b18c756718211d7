"""What Mejora promises about speed, measured against a floor taken in the same run."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHERE = ROOT / "build" / "bench"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """For a process that works on `folder` and knows no other installation."""
    own = {"MEJORA_DATA", "DATABASE_URL", "HOST", "PORT", "MEJORA_ORIGIN", "EMAIL_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return {**kept, "MEJORA_DATA": str(folder), "MEJORA_TODAY": "2026-09-08", **more}
