"""create_app(config): the order of assembly, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from whitenoise import WhiteNoise

from app.custody.queries import EPOCHS
from app.operations.ring_wrapping import place_of_ring
from app.pipeline.access import admit, leave_tokens_to_uploads
from app.pipeline.clock import MovableClock, WallClock, use_clock
from app.pipeline.errors import init_errors
from app.pipeline.file_store import DataFolderStore, FileStore, use_files
from app.pipeline.headers import headers_of_files, set_headers
from app.pipeline.identity import init_identity
from app.pipeline.language import Languages, chosen_locale
from app.pipeline.logging import init_logging
from app.pipeline.object_store import Bucket, ObjectStore
from app.pipeline.remembered import use_memory
from app.pipeline.ring_fits import ring_of
from app.pipeline.secrets import look_at_ring_now_and_then, use_secrets
from app.pipeline.together import init_together
from app.pipeline.transaction import commit, roll_back, use_database, wants_keeping
from app.pipeline.uploads import KikiteRequest
from app.presentation import init_presentation
from app.presentation.code_words import use_code_words
from app.referrals.queries import REFERRALS
from app.rulebook.queries import RULEBOOK, codes_of_day
from app.sign_in.home import init_menu
from app.slices import register_slices
from config import Config
from crypto import KeyRing

HERE = Path(__file__).parent
LARGEST_REQUEST = 1_000_000
FIRST_REFUSAL = 400


class Kikite(Flask):
    """Flask, with one transaction for each request that is ended before the answer leaves."""

    request_class = KikiteRequest

    def dispatch_request(self) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request())
        if response.status_code < FIRST_REFUSAL or wants_keeping():
            commit()
        else:
            roll_back()
        return response


def create_app(config: Config, *, ring: KeyRing | None = None) -> Kikite:
    """Put the application together from what it is told; whoever needs nothing of the ring gives one of no worth."""
    app = Kikite(__name__, template_folder=str(HERE.parent / "templates"), static_folder=str(HERE / "static"))
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    use_database(app, config.main_database)
    init_together(app)
    place = place_of_ring(config)
    ring = ring or ring_of(app, place)
    app.config.from_mapping(
        SECRET_KEY=ring.stable("cookie"),
        SESSION_COOKIE_NAME="__Host-kikite_form" if config.serves_https else "kikite_form",
        SESSION_COOKIE_SECURE=config.serves_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SERVES_HTTPS=config.serves_https,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="ja",
        BABEL_DEFAULT_TIMEZONE="Asia/Tokyo",
        CONSULTER_IDLE_MINUTES=config.consulter_idle_minutes,
        STAFF_IDLE_MINUTES=config.staff_idle_minutes,
        STAFF_ABSOLUTE_HOURS=config.staff_absolute_hours,
        SECOND_FACTOR=config.second_factor,
        KIKITE=config,
    )
    init_logging()
    use_clock(app, MovableClock(config.data) if config.movable_clock else WallClock())
    use_secrets(app, ring=ring, place=place, key_store_url=config.key_store_database)
    use_files(app, _file_store(config, ring))
    Languages(app, locale_selector=chosen_locale)
    init_presentation(app)
    use_code_words(app, codes_of_day)
    use_memory(app, RULEBOOK, REFERRALS, EPOCHS)
    csrf = CSRFProtect(app)
    init_identity(app)
    app.before_request(look_at_ring_now_and_then)
    app.before_request(admit)
    app.after_request(set_headers)
    init_errors(app)
    register_slices(app)
    leave_tokens_to_uploads(app, csrf)
    init_menu(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(HERE / "static"),
        prefix="static/",
        max_age=3600,
        allow_all_origins=False,
        add_headers_function=headers_of_files(https=config.serves_https),
    )
    return app


def _file_store(config: Config, ring: KeyRing) -> FileStore:
    """Where sealed files lie: in the data folder, or in a bucket under a name that follows from the key ring."""
    folder = config.data / "files"
    if not config.s3_bucket:
        return DataFolderStore(folder)
    access, secret = config.s3_access_key, config.s3_secret_key
    bucket = Bucket(
        name=config.s3_bucket,
        folder=f"{ring.stable('files').hex()[:16]}/",
        endpoint=config.s3_endpoint,
        region=config.s3_region,
        timeout_seconds=config.s3_timeout_seconds,
        access_key=access.value if access else None,
        secret_key=secret.value if secret else None,
    )
    return ObjectStore(bucket, folder)
