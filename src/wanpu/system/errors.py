"""What the operations back end refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Forbidden, Invalid


class StaffNameTaken(Conflict):
    """Another back-office account has this name."""

    code = "staff.username_taken"
    message_zh = "账号已存在"
    message_en = "This account exists already"


class StaffNameInvalid(Invalid):
    """The name is not 2 to 50 letters, digits, `_`, `-` and `.`."""

    code = "staff.username_invalid"
    message_zh = "账号为 2 至 50 个字母、数字、_、- 或 ."
    message_en = "An account name has 2 to 50 letters, digits, _, - and ."


class CrossSiteWrite(Forbidden):
    """A write that came with the cookie alone: another site may have started it."""

    code = "auth.cross_site_write"
    message_zh = "请求缺少 X-Wanpu-Console 头"
    message_en = "The request lacks the header X-Wanpu-Console"


class PasswordChangeRequired(Forbidden):
    """The account still has a password that somebody else has seen."""

    code = "auth.password_change_required"
    message_zh = "请先修改初始密码"
    message_en = "Change the first password before anything else"
