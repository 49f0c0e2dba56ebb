"""What signing in refuses, for shoppers and staff alike. Codes are public and permanent."""

from wanpu.kernel.errors import TooMany, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The account or the password is wrong; the answer never says which."""

    code = "auth.wrong_credentials"
    message_zh = "账号或密码错误"
    message_en = "The account or the password is wrong"


class TooManyAttempts(TooMany):
    """Too many sign-in tries for one account or address; `details.retry_after_s` says how long to wait."""

    code = "auth.too_many_attempts"
    message_zh = "登录尝试过于频繁，请稍后再试"
    message_en = "Too many sign-in tries; wait a moment"


class TokenInvalid(Unauthenticated):
    """The token is none of ours, or was given back."""

    code = "auth.token_invalid"
    message_zh = "登录状态无效，请重新登录"
    message_en = "The session is not valid; please sign in again"


class TokenExpired(Unauthenticated):
    """The token was good once."""

    code = "auth.token_expired"
    message_zh = "登录已过期，请重新登录"
    message_en = "The session has expired; please sign in again"
