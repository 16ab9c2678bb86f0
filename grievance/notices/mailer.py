"""Speaks SMTP: one message, one conversation, an error sorted by whether trying again helps."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

TIMEOUT_SECONDS = 20


class NotNow(Exception):
    """The mail did not leave; a later try may help. ``kind`` names the failure, not the words."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Never(NotNow):
    """The server refused this address or this mail for good (a 5xx answer)."""


@dataclass(frozen=True)
class MailServer:
    """Where mail leaves, and as whom."""

    host: str
    port: int
    starttls: bool
    user: str | None
    password: str | None
    sender: str

    def send(self, *, to: str, subject: str, body: str, now: datetime) -> None:
        """Hand one mail over. Raises NotNow or Never."""
        message = self._message(to, subject, body, now)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as smtp:
                self._sign_in(smtp)
                smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _sorted(codes[0] if codes else 550, "address refused") from None
        except smtplib.SMTPResponseException as error:
            raise _sorted(error.smtp_code, type(error).__name__) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(type(error).__name__) from None

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self.starttls:
            smtp.starttls(context=ssl.create_default_context())
        if self.user:
            smtp.login(self.user, self.password or "")

    def _message(self, to: str, subject: str, body: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(body)
        return message


def _sorted(code: int, kind: str) -> NotNow:
    return Never(f"{code} {kind}") if code >= 500 else NotNow(f"{code} {kind}")
