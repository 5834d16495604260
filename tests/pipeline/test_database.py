"""SQLite's log is carried into its database while others write, and one who reads holds nobody up."""

from pathlib import Path

from sqlalchemy import text

from app.pipeline.database import WRITES, carry_log, make_engine, sqlite_library


def test_what_was_written_is_carried_from_the_log_into_the_database(tmp_path: Path) -> None:
    file = tmp_path / "one.sqlite3"
    engine, _lock = make_engine(f"sqlite+pysqlite:///{file}")

    def in_the_file_alone() -> int:
        # Read as if there were no log beside it.
        alone = sqlite_library().connect(f"file:{file}?immutable=1", uri=True)
        try:
            return int(alone.execute("SELECT count(*) FROM sqlite_master WHERE name = 'note'").fetchone()[0])
        finally:
            alone.close()

    with engine.connect().execution_options(**{WRITES: True}) as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
        connection.commit()
    with engine.connect() as reading:
        reading.execute(text("SELECT * FROM note")).all()
        assert in_the_file_alone() == 0
        carry_log(engine)
        assert in_the_file_alone() == 1
    engine.dispose()
