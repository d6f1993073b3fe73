"""`python -m tests.servers COMMAND...`: one PostgreSQL and one Valkey for every test run of that command, so that the
steps of `make test` share the test databases: to make one takes twelve seconds of processor."""

import os
import subprocess
import sys

from helpdesk.local import Postgres, Valkey
from tests.conftest import Servers


def main() -> int:
    servers = Servers()
    try:
        urls = {
            "DATABASE_URL": servers.start(Postgres(servers.var, durable=False)),
            "REDIS_URL": servers.start(Valkey(servers.var, durable=False)),
        }
        return subprocess.run(sys.argv[1:], env=os.environ | urls).returncode
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
