"""/settings/articles/banners/<pk>/letter/: write to the customers whose orders a banner concerns (S14)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from channels_app.models import OutboundMessage
from faq.models import Banner, Notice
from helpdesk.lib.refused import Refused
from tickets import notices
from tickets.views.notice_form import AffectedForm, LetterForm

Fate = OutboundMessage.State


@policy("articles.write")
@require_GET
def notice(request: Request, pk: int) -> HttpResponse:
    """Whom the banner concerns, counted, and what the first of them would read."""
    banner = _banner(pk)
    return _page(request, banner, AffectedForm.of(request.GET))


@policy("articles.write")
@require_POST
def send_notice(request: Request, pk: int) -> HttpResponse:
    """Write to them, or with then=preview only show what they would read."""
    banner = _banner(pk)
    affected, letter = AffectedForm(request.POST), LetterForm(request.POST, banner=banner)
    if not (affected.is_valid() and letter.is_valid()):
        return _page(request, banner, affected, letter, status=422)
    if request.POST.get("then") == "preview":
        return _page(request, banner, affected, letter)
    try:
        made = notices.tell(
            banner, affected=affected.affected(), words=letter.words(), by=request.user, **_sent_once(letter)
        )
    except Refused as refusal:
        letter.add_error(refusal.field if refusal.field in letter.fields else None, refusal.words)
        return _page(request, banner, affected, letter, status=422)
    n = made.letters.count()
    messages.success(request, ngettext("%(n)s letter is leaving.", "%(n)s letters are leaving.", n) % {"n": n})
    return redirect("banner-notice", pk)


def _sent_once(letter: LetterForm) -> dict[str, Any]:
    return {name: letter.cleaned_data[name] for name in ("submission", "expected")}


def _page(
    request: Request, banner: Banner, affected: AffectedForm, letter: LetterForm | None = None, status: int = 200
) -> HttpResponse:
    reach = notices.reach(banner, affected.affected()) if affected.is_valid() else None
    count = len(reach.letters) if reach else 0
    letter = letter or LetterForm(banner=banner, expected=count)
    context = {
        "banner": banner,
        "title": banner.titles.get(request.user.language) or str(banner),
        "over": banner.ends_at is not None and banner.ends_at <= timezone.now(),
        "affected": affected,
        "reach": reach,
        "count": count,
        "letter": letter,
        "example": letter.example(reach, request.user) if reach else None,
        "sent": _sent(banner),
    }
    return render(request, "faq/manage/notice.html", context, status=status)


def _sent(banner: Banner) -> Any:
    """The notices of this banner with what became of their letters."""
    came_back = Q(letters__outbound__state__in=[Fate.FAILED, Fate.CANCELLED])
    return Notice.objects.filter(banner=banner).select_related("by").annotate(
        planned=Count("letters"),
        waiting=Count("letters", filter=Q(letters__left_at=None, letters__withheld="")),
        withheld=Count("letters", filter=~Q(letters__withheld="")),
        failed=Count("letters", filter=came_back),
    )  # fmt: skip


def _banner(pk: int) -> Banner:
    return get_object_or_404(Banner.objects.select_related("shop__help_centre", "article"), pk=pk)
