"""What the domain refuses, and which field is to blame."""


class Refused(ValueError):
    """A value or a ticket that makes an action impossible; nothing has changed. `words` are for a person."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field, self.words = field, words
