"""The body of a request: read once, within limits."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from helpdesk.api.problems import TooLarge

JSON_LIMIT = 48 * 1024 * 1024  # 25 MB of attachments in base64, and the words around them


def read_body(request: Request, limit: int) -> bytes:
    """The raw body, kept for whoever reads it next. TooLarge beyond `limit` bytes, most often before reading them."""
    inner = request._request
    if hasattr(inner, "_body"):
        body: bytes = inner.body
    else:
        declared = inner.META.get("CONTENT_LENGTH") or "0"
        body = b"" if declared.isdigit() and int(declared) > limit else inner.read(limit + 1)
        if len(body) > limit or (declared.isdigit() and int(declared) > limit):
            raise TooLarge(f"The body is larger than {limit} bytes.")
        inner._body = body
        inner.META["CONTENT_LENGTH"] = str(len(body))  # a chunked body declares none, and would count as empty
    if len(body) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")
    return body


class StrictJson(JSONParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN, and nested no deeper than we can follow."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json.loads(stream.read().decode("utf-8-sig"), parse_constant=_refuse)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"This is not JSON: {error}"[:300]) from None


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a JSON number")


def is_storable(value: Any, depth: int = 6) -> bool:
    """Whether PostgreSQL can keep a JSON value: finite numbers, no NUL, no lone surrogates, not too deep."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return depth > 0 and all(is_storable(k) and is_storable(v, depth - 1) for k, v in value.items())
    if isinstance(value, list):
        return depth > 0 and all(is_storable(entry, depth - 1) for entry in value)
    return True
