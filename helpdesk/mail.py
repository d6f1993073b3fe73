"""What happens to the installation's own mails (password resets) while EMAIL_URL is unset."""

import logging
from collections.abc import Sequence

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

log = logging.getLogger(__name__)


class LoggedMail(BaseEmailBackend):
    """Writes each mail into the log, body included: a demo without SMTP must still let one reset a password."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            log.info(
                "mail not sent (EMAIL_URL is unset) to %s: %s\n%s", ", ".join(message.to), message.subject, message.body
            )
        return len(email_messages)
