"""The first admin, and tokens from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.bootstrap import ensure_admin
from accounts.models import ApiToken, Role, User
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_empty_house_gets_one_admin_with_a_password_told_once():
    admin, password = ensure_admin()
    assert (admin.email, admin.role, admin.check_password(password)) == ("admin@example.com", Role.ADMIN, True)
    assert ensure_admin() is None
    assert User.objects.count() == 1


@override_settings(ADMIN_PASSWORD="chosen by the owner", ADMIN_EMAIL="owner@example.org")
def test_a_chosen_password_is_not_told():
    admin, told = ensure_admin()
    assert (admin.email, told, admin.check_password("chosen by the owner")) == ("owner@example.org", "", True)


def test_the_command_prints_the_token_and_nothing_else():
    agent = factories.user("agent@example.org")
    out = StringIO()
    call_command("create_api_token", "AGENT@example.org", stdout=out)
    secret = out.getvalue().strip()
    assert ApiToken.objects.valid().get(digest=ApiToken.digest_of(secret)).user == agent
    assert ApiToken.objects.get().scopes == list(ApiToken.Scope.values)


def test_the_command_on_an_empty_database_makes_the_admin_first():
    out, err = StringIO(), StringIO()
    call_command("create_api_token", "admin@example.com", stdout=out, stderr=err)
    assert out.getvalue().startswith("cmt_")
    assert "admin@example.com" in err.getvalue()


def test_nobody_is_told_in_one_line():
    factories.user("agent@example.org")
    with pytest.raises(CommandError, match="Nobody works here under ghost@example.org"):
        call_command("create_api_token", "ghost@example.org")


@pytest.mark.parametrize("missing", ["first_name", "last_name"])
def test_a_colleague_has_a_full_name(missing):
    names = {"first_name": "Inès", "last_name": "Benali"} | {missing: ""}
    with pytest.raises(Exception, match=missing):
        User.objects.create_user("x@example.org", "a long password", **names)
    assert User.objects.count() == 0
