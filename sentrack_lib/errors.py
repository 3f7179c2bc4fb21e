"""What can go wrong through no fault of ours; each is shown to a person as a sentence, without a traceback."""


class SentrackError(Exception):
    """Something a person can put right; the message says where and what to do."""

    exit_code = 1


class BadInput(SentrackError):
    """A file or folder cannot be used as it is."""


class WrongUse(SentrackError):
    """A command, a parameter or a setting was named or written wrongly."""

    exit_code = 2


class RunFailed(SentrackError):
    """Part of a run failed; the rest was finished."""

    exit_code = 3
