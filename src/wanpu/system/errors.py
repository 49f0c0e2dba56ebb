"""What the operations back end refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Forbidden, Invalid, NotFound


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


class MenuParentInvalid(Invalid):
    """The menu cannot stand there: a page and a folder stand in a folder, a button on a page of its console,
    nothing below itself."""

    code = "menu.parent_invalid"
    message_zh = "目录和菜单的上级须为目录，按钮的上级须为菜单，且不能是自己的下级"
    message_en = "A folder or page stands in a folder, a button on a page, and nothing below itself"


class MenuTooDeep(Invalid):
    """The tree would have more levels than a console can show."""

    code = "menu.too_deep"
    message_zh = "菜单层级过深"
    message_en = "The menu would stand too deep"


class OperationNotFound(NotFound):
    """The operation log has no such row."""

    code = "operation_log.not_found"
    message_zh = "日志不存在"
    message_en = "There is no such row in the log"
