"""What happens once when Django has loaded."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from helpdesk import checks, health, logs, monitoring
        from helpdesk.lib import instants

        logs.configure()
        instants.read_fast()
        checks.register_all()
        health.watch_database()
        monitoring.start()
