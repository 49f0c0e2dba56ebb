"""Signing in and out of the consoles, and what protects an account: password, second factor."""

from fastapi import APIRouter, Request, Response

from wanpu.infra.http.access import public
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import COOKIE, SignedIn, SystemDep, origin_of
from wanpu.system.api.schemas_sign_in import (
    CaptchaOut,
    CodeBody,
    FactorOffBody,
    LoginOut,
    PasswordBody,
    PasswordProofBody,
    ProposedFactorOut,
    RecoveryCodesOut,
    StaffLoginBody,
)
from wanpu.system.service import account, captchas, second_factor, sessions, signing_in

router = APIRouter(prefix="/console/v1/auth", route_class=StrictJsonRoute, tags=["console sign-in"])

NOT_KEPT = {"Cache-Control": "no-store"}


@router.get("/captcha")
@public
async def show_captcha(request: Request, response: Response, app: SystemDep) -> CaptchaOut:
    """图形验证码."""
    response.headers.update(NOT_KEPT)
    return CaptchaOut.of(await captchas.show_captcha(app, client_ip=origin_of(request).ip))


@router.post("/login")
@public
async def login(body: StaffLoginBody, request: Request, response: Response, app: SystemDep) -> LoginOut:
    """后台登录. Whatever session came with the request has no part in the new one."""
    signed_in = await signing_in.sign_in(app, body.to_sign_in(), origin_of(request))
    response.headers.update(NOT_KEPT)
    response.set_cookie(COOKIE, signed_in.token, path="/", secure=True, httponly=True, samesite="strict")
    return LoginOut.of(signed_in)


@router.post("/logout", status_code=204)
async def logout(app: SystemDep, caller: SignedIn) -> Response:
    """退出登录: the token of this request is dead afterwards, on every node."""
    await sessions.sign_out(app.db, caller)
    return _without_cookie()


@router.post("/logout-everywhere", status_code=204)
async def logout_everywhere(app: SystemDep, caller: SignedIn) -> Response:
    """退出所有会话, this one too."""
    await sessions.sign_out_everywhere(app.db, caller)
    return _without_cookie()


@router.post("/password", status_code=204)
async def change_password(body: PasswordBody, app: SystemDep, caller: SignedIn) -> Response:
    """修改密码: every other session of the account ends."""
    await account.change_password(app, caller, body.old_password, body.new_password)
    return Response(status_code=204)


@router.post("/totp")
async def begin_second_factor(
    body: PasswordProofBody, response: Response, app: SystemDep, caller: SignedIn
) -> ProposedFactorOut:
    """设置双重验证: a secret for an authenticator; it counts once a code of it was confirmed."""
    response.headers.update(NOT_KEPT)
    return ProposedFactorOut.of(await second_factor.begin_second_factor(app, caller, body.password))


@router.post("/totp/confirm")
async def confirm_second_factor(
    body: CodeBody, response: Response, app: SystemDep, caller: SignedIn
) -> RecoveryCodesOut:
    """开启双重验证: the recovery codes are shown this once."""
    response.headers.update(NOT_KEPT)
    codes = await second_factor.confirm_second_factor(app, caller, body.code)
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/totp/disable", status_code=204)
async def end_second_factor(body: FactorOffBody, app: SystemDep, caller: SignedIn) -> Response:
    """关闭双重验证."""
    await second_factor.end_second_factor(app, caller, body.password, body.code)
    return Response(status_code=204)


def _without_cookie() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return response
