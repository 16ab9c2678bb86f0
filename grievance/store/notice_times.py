"""When members want their mail. Who never said so has no row: hers leaves at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.calendar_words import zone_named
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import Rhythm
from grievance.store.base import Base


class NoticeTimesRow(Base):
    """What one member chose, in whole hours of the clock in her time zone."""

    __tablename__ = "notice_times"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    rhythm: Mapped[str]  # terms.Rhythm
    weekday: Mapped[int]  # 0 is Monday; of a weekly digest
    hour: Mapped[int]  # of a digest
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    zone: Mapped[str]

    def take(self, times: NoticeTimes) -> None:
        """Keep what she chose."""
        self.rhythm, self.weekday, self.hour = times.rhythm, times.weekday, times.hour
        self.quiet_from, self.quiet_until = times.quiet or (None, None)
        self.zone = times.zone.key

    def times(self) -> NoticeTimes | None:
        """What she chose; None where this machine does not know her time zone any more."""
        zone = zone_named(self.zone)
        if zone is None:
            return None
        quiet = None
        if self.quiet_from is not None and self.quiet_until is not None:
            quiet = self.quiet_from, self.quiet_until
        return NoticeTimes(zone, Rhythm(self.rhythm), self.weekday, self.hour, quiet)


def times_of(db: Session, user_ids: Collection[UUID]) -> dict[UUID, NoticeTimes]:
    """What these members chose, as it stands until commit: who changes it meanwhile waits, and
    then moves also the notices written by it."""
    query = select(NoticeTimesRow).where(NoticeTimesRow.user_id.in_(user_ids))
    rows = db.scalars(query.order_by(NoticeTimesRow.user_id).with_for_update(read=True))
    found = {row.user_id: row.times() for row in rows}
    return {one: times for one, times in found.items() if times is not None}


def times_now(db: Session, user_id: UUID) -> NoticeTimes | None:
    """What one member chose, to be shown; nobody is kept from changing it."""
    row = db.get(NoticeTimesRow, user_id, populate_existing=True)
    return row.times() if row else None
