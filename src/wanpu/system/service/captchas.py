"""Captchas (图形验证码): shown once, answered once, forgotten after five minutes."""

import asyncio
import base64
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from captcha.image import ImageCaptcha

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.sign_in.throttle import count_address
from wanpu.system.errors import CaptchaWrong
from wanpu.system.models import Captcha
from wanpu.system.queries import sign_in as queries
from wanpu.system.rules.sign_in import CAPTCHA_LETTERS
from wanpu.system.services import SystemServices

REALM = "captcha"
LENGTH = 5
LIFE = timedelta(minutes=5)
WIDTH, HEIGHT = 160, 60


@dataclass(frozen=True, slots=True)
class ShownCaptcha:
    """A captcha as a page shows it; `image` is a data URL of a PNG."""

    uuid: str
    image: str


async def show_captcha(app: SystemServices, *, client_ip: str) -> ShownCaptcha:
    """Draw a captcha and remember its text.

    Raises:
        TooManyAttempts: the address has asked for or answered too many.
    """
    await _count(app, client_ip)
    code = "".join(secrets.choice(CAPTCHA_LETTERS) for _ in range(LENGTH))
    image = await asyncio.to_thread(_draw, code)
    name = str(uuid.uuid4())
    await _remember(app.db, name, code)
    return ShownCaptcha(name, image)


async def count_answer(app: SystemServices, answer: str, *, client_ip: str) -> None:
    """Count an answer before it is looked at: guesses use up what the address may ask for.

    Raises:
        TooManyAttempts: the address has asked for or answered too many.
    """
    if not _is_fixed(app, answer):
        await _count(app, client_ip)


async def pass_captcha(app: SystemServices, name: str, answer: str) -> None:
    """Use a captcha up, whatever was answered; case does not matter.

    Raises:
        CaptchaWrong: the answer is wrong, or the captcha is unknown, older than five minutes or used up.
    """
    if _is_fixed(app, answer):
        return
    code = await _take(app.db, name)
    if code is None or not hmac.compare_digest(code.encode(), answer.strip().upper().encode()):
        raise CaptchaWrong(details={"field": "captcha"})


async def _count(app: SystemServices, client_ip: str) -> None:
    await count_address(app.db, REALM, client_ip, limit=app.settings.captcha_rate_per_minute)


def _is_fixed(app: SystemServices, answer: str) -> bool:
    """Whether this is the text that tests may answer; there is none outside development."""
    fixed = app.settings.captcha_fixed
    if fixed is None or app.settings.env != "development":
        return False
    return hmac.compare_digest(fixed.encode(), answer.encode())


def _draw(code: str) -> str:
    picture = ImageCaptcha(WIDTH, HEIGHT).generate(code, format="png")
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


@rerun_on_conflict
async def _remember(db: Database, name: str, code: str) -> None:
    now = db.clock.now()
    async with db.transaction() as session:
        await queries.delete_captchas_before(session, now)
        session.add(Captcha(uuid=name, code=code, expires_at=now + LIFE, created_at=now))


@rerun_on_conflict
async def _take(db: Database, name: str) -> str | None:
    async with db.transaction() as session:
        return await queries.take_captcha(session, name, db.clock.now())
