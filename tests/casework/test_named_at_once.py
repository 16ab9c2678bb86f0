"""Two at the same moment, where one of them names whom a case is about."""

from dataclasses import replace
from threading import Thread

from sqlalchemy import event, text
from sqlalchemy.orm import ORMExecuteState, Session

from grievance.casework.case import working
from grievance.casework.respondents import naming, tying
from grievance.store.cases import Case, lock_case
from grievance.store.directory import lock_organization
from grievance.store.engine import Database
from grievance.store.respondents import lock_respondents
from grievance.store.staff_ties import tied_to_case
from tests.casework.test_respondents import AGENCY, agency, another, keeper, made
from tests.casework.test_staff_ties import declared
from tests.casework.world import World, accepted
from tests.factories import make_member


def test_a_case_is_named_while_somebody_changes_the_desk(
    db: Session, database: Database, world: World
) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    other, mine = another(world, body), keeper(world, body)
    db.commit()
    with database.reader() as first, database.reader() as second:
        if database.engine.dialect.name == "postgresql":
            second.execute(text("SET LOCAL lock_timeout = '1s'"))
        lock_organization(first, body.id)  # as a dismissal does, before it comes to her cases
        named = lock_case(second, other.id)
        assert named

        assert not naming.link(second, named, one.id, mine)
        second.commit()
        assert lock_case(first, other.id)


def test_a_report_that_comes_in_while_its_record_is_worked_on_stays_hidden(
    db: Session, database: Database, world: World
) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # one writer at a time: the report comes in before or after
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    other, mine, her = another(world, body), keeper(world, body), make_member(db, body)
    tying.tie_to_record(db, declared(her, mine.actor), one.id, mine.desk)
    answers = world.answers("chosen", [body], last=True)
    answers.respondent_kind, answers.respondent_names = [AGENCY], {AGENCY: "Golden Star"}
    db.commit()
    came: list[Case] = []
    with database.writer() as own, database.writer() as hers:
        looked: list[bool] = []

        def comes(state: ORMExecuteState) -> None:
            """When the cases of the record are known, and before those of the tie are."""
            asks = str(state.statement)
            if looked and "FROM case_ties" in asks and not came:
                came.append(replace(world, db=hers).file(answers))
                hers.commit()
            if "FROM respondent_marks" in asks and "digest IN" in asks:
                looked.append(True)

        event.listen(own, "do_orm_execute", comes)
        naming.link(own, own.get_one(Case, other.id), one.id, mine)
        own.commit()

    assert tied_to_case(db, came[0].id) == {her.user_id}


def test_a_tie_is_written_down_while_a_colleague_changes_the_record(
    db: Session, database: Database, world: World
) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    mine, her = keeper(world, body), make_member(db, body)
    working.assign(db, case, her.user_id, mine.actor, mine.now)
    db.commit()

    def tie() -> None:
        with database.writer() as own:
            tying.tie_to_record(own, declared(her, mine.actor), one.id, mine.desk)
            own.commit()

    at_once = Thread(target=tie)
    with database.writer() as first:
        assert lock_case(first, case.id)
        at_once.start()
        at_once.join(2)  # it waits for the case
        assert lock_respondents(first, body.id, [one.id])  # which waits for nobody
        first.commit()
    at_once.join()

    assert tied_to_case(db, case.id) == {her.user_id}
