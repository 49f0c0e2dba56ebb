"""What the operations back end refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Invalid


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
