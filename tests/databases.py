"""`python -m tests.databases`: the test database of each of two workers, the second a copy of the first's. To make one
takes a quarter of a minute of processor, and `make test` has a core to spare while mypy reads the code."""

import os

import django

from tests.conftest import ENVIRONMENT

WORKERS = ("gw0", "gw1")


def main() -> None:
    os.environ.update(ENVIRONMENT, DJANGO_SETTINGS_MODULE="helpdesk.settings")
    django.setup()
    from django.db import connection  # not before Django is set up

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    for worker in WORKERS:
        connection.creation.clone_test_db(worker, verbosity=0, autoclobber=True)


if __name__ == "__main__":
    main()
