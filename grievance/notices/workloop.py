"""One pass of background work: clocks, retention, outbox. Every part may run again at any time.

The parts do not depend on each other: what goes wrong in one, whatever it is, ends neither the
others nor the loop. A pass is noted only when all its parts finished, so that `/readyz` and
`grievance doctor` tell of one that never does.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from grievance.casework.case.releasing import lapse_releases
from grievance.casework.case.retaining import forget
from grievance.casework.directory.leaving import leave_cases
from grievance.casework.directory.reminding import end_pauses, remind_to_confirm
from grievance.casework.notices.alerting import alert_missed, remind
from grievance.casework.referral.asking import expire_due
from grievance.config import Settings
from grievance.notices.deliver import Sender, deliver
from grievance.notices.mailer import MailServer
from grievance.notices.writing import mail_writer
from grievance.store.engine import Database
from grievance.store.outbox import WorkPass
from grievance.web.logs import trail

PAUSE_SECONDS = 5.0
_BATCHES = 20  # of cases that closed organizations leave
log = logging.getLogger("grievance.work")


@dataclass(frozen=True)
class WorkLoop:
    """What a pass needs: the database, a way to send, the settings and the time."""

    database: Database
    sender: Sender | None
    settings: Settings
    clock: Callable[[], datetime]

    @classmethod
    def from_settings(cls, settings: Settings, database: Database | None = None) -> "WorkLoop":
        """A loop over the database and mail server that the settings name."""
        return cls(
            database or Database(settings.database_url),
            mail_server(settings),
            settings,
            lambda: datetime.now(UTC),
        )

    def run_once(self) -> dict[str, int | None]:
        """Come round once: how much each part did, None where it did not finish."""
        now = self.clock()
        done = {
            "expired": self._guarded(self._clocks, now),
            "missed": self._guarded(self._promises, now),
            "lapsed": self._guarded(self._releases, now),
            "reminded": self._guarded(self._reminders, now),
            "entries": self._guarded(self._entries, now),
            "forgot": self._guarded(self._retention, now),
            "sent": self._guarded(self._outbox, now),
        }
        if None not in done.values():
            self._guarded(self._note, now)
        return done

    def run_until(self, stop: threading.Event) -> None:
        """Come round until told to stop."""
        while not stop.is_set():
            self.run_once()
            stop.wait(PAUSE_SECONDS)

    def _guarded(self, part: Callable[[datetime], int], now: datetime) -> int | None:
        try:
            return part(now)
        except Exception as error:  # the one loop everything hangs on must outlive any of them
            log.error("a part of the work did not finish: %s", trail(error))
            return None

    def _clocks(self, now: datetime) -> int:
        with self.database.writer() as db:
            expired = expire_due(db, now)
            db.commit()
        return expired

    def _promises(self, now: datetime) -> int:
        with self.database.writer() as db:
            missed = alert_missed(db, now)
            db.commit()
        return missed

    def _releases(self, now: datetime) -> int:
        with self.database.writer() as db:
            lapsed = lapse_releases(db, now)
            db.commit()
        return lapsed

    def _reminders(self, now: datetime) -> int:
        with self.database.writer() as db:
            reminded = remind(db, now)
            db.commit()
        return reminded

    def _entries(self, now: datetime) -> int:
        with self.database.writer() as db:
            done = end_pauses(db, now, self.settings.zone)
            done += remind_to_confirm(db, now, self.settings.confirm_months)
            db.commit()
        return done + self._leaving(now)

    def _leaving(self, now: datetime) -> int:
        """A few cases a transaction: whoever sends a report waits for no more."""
        moved = 0
        for _ in range(_BATCHES):
            with self.database.writer() as db:
                some = leave_cases(db, now)
                db.commit()
            moved += some
            if not some:
                break
        return moved

    def _retention(self, now: datetime) -> int:
        with self.database.writer() as db:
            gone = forget(db, now=now, keep_nobody_months=self.settings.keep_nobody_months)
            db.commit()
        return sum(gone.values())

    def _outbox(self, _now: datetime) -> int:
        if self.sender is None:
            return 0  # no mail server is set: notices wait, and doctor says so
        return deliver(self.database, self.sender, mail_writer(self.settings), self.clock)

    def _note(self, now: datetime) -> int:
        with self.database.writer() as db:
            db.merge(WorkPass(name="work", at=now))
            db.commit()
        return 1


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server of the settings, if one is set."""
    if not settings.smtp_host:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        starttls=settings.smtp_starttls,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
        secret=settings.name_secret,
    )
