import pytest

from helpdesk import checks


@pytest.mark.parametrize(
    ("check", "values", "ids"),
    [
        (checks.log_settings, {"LOG_FORMAT": "xml"}, ["helpdesk.E001"]),
        (checks.log_settings, {"LOG_LEVEL": "loud"}, ["helpdesk.E002"]),
        (checks.log_settings, {"LOG_LEVEL": "debug", "LOG_FORMAT": "json"}, []),
        (checks.secret_key, {"SECRET_KEY": "short"}, ["helpdesk.E003"]),
        (checks.secret_key, {"SECRET_KEY": "x" * 50}, []),
        (checks.public_address, {"PUBLIC_URL": "http://127.0.0.1:8000"}, ["helpdesk.W001"]),
        (checks.public_address, {"PUBLIC_URL": "http://desk.example", "DEBUG": False}, ["helpdesk.W002"]),
        (checks.public_address, {"PUBLIC_URL": "https://desk.example", "DEBUG": False}, []),
        (checks.metrics_token, {"METRICS_TOKEN": "short"}, ["helpdesk.E004"]),
        (checks.metrics_token, {"METRICS_TOKEN": ""}, []),
        (checks.mail_way_out, {"EMAIL_URL": ""}, ["helpdesk.W003"]),
        (checks.mail_way_out, {"EMAIL_URL": "smtp://mail.example"}, []),
    ],
)
def test_check(settings, check, values, ids) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    assert [message.id for message in check()] == ids
