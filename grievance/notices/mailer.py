"""Speaks SMTP: one message, one conversation, an error sorted by whether trying again helps."""

import re
import secrets
import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from grievance.notices.marks import mark
from grievance.rules.email import normal_email

TIMEOUT_SECONDS = 20  # for each step of a conversation
_NO_SUCH = re.compile(r"(5\.1\.\d{1,3})\b")


class NotNow(Exception):
    """The mail did not leave; a later try may help. ``kind`` names the failure, not the words."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Never(NotNow):
    """This address or this mail was refused for good: no header takes it, or a 5xx answer."""


class NoSuchAddress(Never):
    """Her server says that there is no such address: ``status`` 5.1.x of RFC 3463."""

    def __init__(self, kind: str, status: str) -> None:
        super().__init__(kind)
        self.status = status


@dataclass(frozen=True)
class MailServer:
    """Where mail leaves, and as whom."""

    host: str
    port: int
    starttls: bool
    user: str | None
    password: str | None
    sender: str
    secret: bytes  # for the names of mails, so that one that comes back is known again
    timeout: float = TIMEOUT_SECONDS

    def send(self, *, to: str, subject: str, body: str, now: datetime) -> None:
        """Hand one mail over. Raises NotNow or Never."""
        message = self._message(to, subject, body, now)
        try:
            with closing(smtplib.SMTP(self.host, self.port, timeout=self.timeout)) as smtp:
                self._sign_in(smtp)
                smtp.send_message(message)
                with suppress(smtplib.SMTPException, OSError):
                    smtp.quit()  # the mail is theirs; an angry goodbye changes nothing
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(*next(iter(error.recipients.values()), (550, b""))) from None
        except smtplib.SMTPDataError as error:
            raise _sorted(error.smtp_code, "mail refused") from None
        except smtplib.SMTPResponseException as error:
            # Greeting, sign-in, sender: that is our own setting, and every mail would be lost.
            raise NotNow(f"{error.smtp_code} {type(error).__name__}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(type(error).__name__) from None

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self.starttls:
            smtp.starttls(context=ssl.create_default_context())
        if self.user:
            smtp.login(self.user, self.password or "")

    def _message(self, to: str, subject: str, body: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["Subject"] = self.sender, subject
        message["Date"] = format_datetime(now)
        domain = self.sender.rpartition("@")[2].rstrip(">")
        name = mark(self.secret, normal_email(to), now, domain, secrets.token_bytes)
        message["Message-ID"] = name
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(body)
        try:
            message["To"] = to
        except ValueError as error:  # a line break, say: no server will ever take it
            raise NoSuchAddress(f"address, {type(error).__name__}", "5.1.3") from None
        return message


def _refused(code: int, words: bytes | str) -> NotNow:
    """Refused for the address itself, or because of us: not allowed to relay, say (5.7.1)."""
    said = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    status = _NO_SUCH.match(said)
    if code >= 500 and status:
        return NoSuchAddress(f"{code} address refused", status[1])
    return _sorted(code, "address refused")


def _sorted(code: int, kind: str) -> NotNow:
    return Never(f"{code} {kind}") if code >= 500 else NotNow(f"{code} {kind}")
