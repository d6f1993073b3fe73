"""What our own mail host found out about the sender; anybody else's findings are ignored."""

from __future__ import annotations

import authres

from channels_app.adapters.email.headers import Headers


def authentication(headers: Headers, authserv_id: str, sender: str) -> dict[str, str]:
    """`dmarc`, `dkim`, `spf` -> result word, from the topmost field that `authserv_id` wrote; {} without one.

    A DMARC result for another From domain than that of `sender` (an address) is left out, as is any of them when
    the mail has not exactly one From field: then the host may have judged another sender than we show.
    """
    if not authserv_id or len(headers.raw("from")) != 1:
        return {}
    for value in headers.all("authentication-results")[:20]:
        if value.partition(";")[0].split()[:1] == [authserv_id] and (parsed := _parsed(value[:8_000])):
            return _findings(parsed.results, sender.rpartition("@")[2].lower())
    return {}


def _parsed(value: str) -> authres.AuthenticationResultsHeader | None:
    try:
        return authres.AuthenticationResultsHeader.parse_value(value)
    except MemoryError:
        raise
    except Exception:  # the library fails in many ways on what it does not know
        return None


def _findings(results: list[authres.AuthenticationResult], domain: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for result in results:
        method, word = str(result.method).lower(), str(result.result).lower()
        if method == "dmarc" and _property(result, "from").lower() not in {"", domain}:
            continue
        if method == "dkim":
            signer = _property(result, "d").lower() or _property(result, "i").rpartition("@")[2].lower()
            if word == "pass" and signer and not _aligned(signer, domain):
                word = "unaligned"
            if found.get("dkim") == "pass":
                continue
        if method in {"dmarc", "dkim", "spf"}:
            found[method] = word if method == "dkim" else found.get(method, word)
    return found


def _property(result: authres.AuthenticationResult, name: str) -> str:
    return next((str(p.value) for p in result.properties if str(p.name).lower() == name), "")


def _aligned(signer: str, domain: str) -> bool:
    return signer == domain or domain.endswith(f".{signer}")
