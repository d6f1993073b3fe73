"""Two records of one person: merging moves everything, unmerging restores both exactly."""

import pytest
from django.forms.models import model_to_dict

from customers import merge
from customers.identify import identify
from customers.models import Customer, Identity
from helpdesk.lib.refused import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db


def belongings(customer):
    customer = Customer.objects.get(pk=customer.pk)
    theirs = ("identities", "orders", "tickets")
    return model_to_dict(customer), {
        name: sorted(getattr(customer, name).values_list("pk", flat=True)) for name in theirs
    }


def test_there_and_back_again():
    one = make.customer("claire@example.org", name="Claire Roy", notes="Allergic to wool.")
    two = make.customer("c.roy@work.example", name="C. Roy", postcode="75011", vip=True, notes="Calls at noon.")
    for customer in (one, two):
        make.order(customer)
        make.ticket(customer)
    before = belongings(one), belongings(two)
    merge.merge(two, into=one)
    fields, theirs = belongings(one)
    assert {name: len(pks) for name, pks in theirs.items()} == {"identities": 2, "orders": 2, "tickets": 2}
    assert (fields["vip"], fields["postcode"], fields["notes"]) == (True, "75011", "Allergic to wool.\nCalls at noon.")
    assert merge.unmerge(two) == one
    assert (belongings(one), belongings(two)) == before


def test_a_mail_to_the_old_address_finds_the_one_that_stayed():
    one, two = make.customer("a@example.org"), make.customer("b@example.org")
    merge.merge(two, into=one)
    assert identify("email", "b@example.org") == one


def test_what_was_written_since_stays_written():
    one, two = make.customer("a@example.org", name=""), make.customer("b@example.org", name="Bea")
    merge.merge(two, into=one)
    Customer.objects.filter(pk=one.pk).update(name="Beatrice")
    merge.unmerge(two)
    assert Customer.objects.get(pk=one.pk).name == "Beatrice"


def test_refusals_change_nothing():
    one, two, three = (make.customer() for _ in range(3))
    merge.merge(two, into=one)
    for pair in ((one, one), (two, three), (three, two)):
        with pytest.raises(Refused):
            merge.merge(pair[0], into=pair[1])
    with pytest.raises(Refused):
        merge.unmerge(three)


def test_the_same_name_and_postcode_or_the_same_number_is_suggested():
    one = make.customer("a@example.org", name="Claire Roy", postcode="75011")
    twin = make.customer("b@example.org", name="claire roy", postcode="75011")
    make.customer("c@example.org", name="Claire Roy", postcode="69001")
    phone = make.customer("d@example.org", name="Somebody")
    Identity.objects.create(customer=one, kind="phone", value="+33612345678")
    Identity.objects.create(customer=phone, kind="whatsapp", value="+33612345678")
    assert sorted(found.pk for found in merge.suggested(one)) == sorted([twin.pk, phone.pk])
