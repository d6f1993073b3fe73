"""What a visitor said, as it is stored: JSON, a picture in base64. Written by us, read by the adapter."""

import base64
import json
from dataclasses import asdict, dataclass

from channels_app.base import File


@dataclass(frozen=True, slots=True)
class Said:
    """`session` and `visitor` are ours and proven; `key` is the browser's own number of the message."""

    key: str
    session: str
    visitor: str
    text: str
    name: str = ""
    language: str = ""
    page: str = ""
    verified: bool = False
    picture: str = ""  # base64
    picture_type: str = ""

    def file(self) -> File | None:
        if not self.picture:
            return None
        ending = self.picture_type.rpartition("/")[2]
        return File(f"image.{ending}", self.picture_type, base64.b64decode(self.picture, validate=True))


def pack(said: Said) -> bytes:
    return json.dumps(asdict(said)).encode()


def unpack(raw: bytes) -> Said:
    """Raises ValueError or TypeError for what pack has not written."""
    return Said(**json.loads(raw))
