"""What somebody sent from one of our public pages, as it is stored: a line of JSON, then the files' bytes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from channels_app.base import File


@dataclass(frozen=True, slots=True)
class Said:
    """`ticket`, `told` and `suspect` are ours; everything else is what the sender claims."""

    text: str
    subject: str
    name: str
    email: str
    language: str
    sent_at: str  # ISO 8601
    told: dict[str, str] | None = None  # the reply time that the page showed
    reason: str = ""  # a reason's key
    order: str = ""  # an order's number
    article: int = 0  # the article read before
    ticket: str = ""  # the number of the conversation that a signed page adds to
    suspect: bool = False  # it looks like spam
    files: list[dict[str, object]] = field(default_factory=list)  # [{name, type, size}], in the order of the bytes


def pack(said: Said, files: Sequence[File] = ()) -> bytes:
    listed: list[object] = [{"name": file.name, "type": file.content_type, "size": len(file.data)} for file in files]
    head = json.dumps(asdict(said) | {"files": listed}).encode()
    return b"\n".join([head, b"".join(file.data for file in files)])


def unpack(raw: bytes) -> tuple[Said, tuple[File, ...]]:
    """Raises ValueError, KeyError or TypeError for what pack has not written."""
    head, _newline, rest = raw.partition(b"\n")
    said, files, at = Said(**json.loads(head)), [], 0
    for one in said.files:
        size = int(str(one["size"]))
        files.append(File(str(one["name"]), str(one["type"]), rest[at : at + size]))
        at += size
    if at != len(rest):
        raise ValueError("files: their sizes and their bytes differ")
    return said, tuple(files)
