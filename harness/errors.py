"""What can go wrong in the harness itself, apart from what can be wrong with the product.

HarnessError            the harness could not do its work: exit 2, one sentence, no traceback
|-- UsageError          the person asked for something that does not exist
|-- SettingsError       a setting is missing or wrong
|-- SetUpError          something could not be installed, found or built
|-- ServerError         a server did not start, died, or gave an answer that it must not give
`-- NotGiven            a check needs something of the target that nobody told: a gap, if a check asks

Finding                 the product is wrong: a red check (an AssertionError, so that pytest shows it)
"""

from __future__ import annotations


class HarnessError(Exception):
    """One sentence for a person: what was expected, what came, what to do."""

    exit_code = 2


class UsageError(HarnessError):
    """The command line or an option names something that does not exist."""


class SettingsError(HarnessError):
    """A setting is missing, malformed, or contradicts another."""


class SetUpError(HarnessError):
    """A tool, browser, page bundle or database could not be made ready."""


class ServerError(HarnessError):
    """A server of the stack did not start, died, or answered what it must not."""


class NotGiven(HarnessError):
    """The target does not have, or nobody told, what a check needs: `needs STREAM_API_SECRET`."""


class Finding(AssertionError):
    """The product under test is wrong. Carries the sentence that the report shows."""
