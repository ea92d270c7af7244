"""What can go wrong with retrieval, by name; the texts say what would help.

Must not be caught broadly: a question goes on without a leg, a rebuild stops.
"""


class RetrievalError(RuntimeError):
    """Something of retrieval does not work; the text says what and what would help."""


class EncoderError(RetrievalError):
    """Texts could not be embedded; questions go on by words alone."""


class EncoderSlowError(EncoderError):
    """The embedding process did not answer in time."""


class IndexInUseError(RetrievalError):
    """Another process has the index folder open; stop it, or let it do the work."""


class IndexNotReadyError(RetrievalError):
    """There is no index to search yet; the text says why. `e2a index rebuild` makes one."""


class IndexUnreachableError(RetrievalError):
    """The Qdrant server does not answer; look at QDRANT_URL."""


class ExtractionError(RetrievalError):
    """A file holds no text that can be read; the text names it and says why."""
