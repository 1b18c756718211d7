"""The sample's accounts: a published password, used only where nobody else can reach."""

from mejora.people.models import User

SAMPLE_PASSWORD = "mejora-de-ejemplo"  # noqa: S105 - published on purpose; see settings.SAMPLE_SIGN_IN
SHOWN = 16  # one of each role, in both countries


def sample_accounts() -> list[User]:
    """Those that stand as buttons on the sign-in page, in the order the sample made them."""
    return list(User.objects.filter(is_sample=True, is_active=True).order_by("pk")[:SHOWN])
