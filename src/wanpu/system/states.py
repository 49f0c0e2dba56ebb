"""Statuses of the operations back end."""

from enum import IntEnum, StrEnum

from wanpu.kernel.states import TransitionTable


class StaffStatus(IntEnum):
    """后台用户状态."""

    DISABLED = 0
    NORMAL = 1


class MenuType(IntEnum):
    """菜单类型: a menu stands in a folder, a button on a menu."""

    FOLDER = 0
    MENU = 1
    BUTTON = 2


class Audience(StrEnum):
    """Whose console a menu stands in."""

    PLATFORM = "platform"
    MERCHANT = "merchant"


class ConfigStatus(IntEnum):
    """参数状态: a hidden value does not appear in lists."""

    HIDDEN = 0
    SHOWN = 1


class ConfigChange(StrEnum):
    """How a version of a value came to be."""

    CREATED = "created"
    CHANGED = "changed"
    ROLLED_BACK = "rolled_back"
    DELETED = "deleted"


class FileFolder(StrEnum):
    """文件目录: what a file is for, and so who may see it."""

    PRODUCT = "product"
    DETAIL = "detail"
    CATEGORY = "category"
    BRAND = "brand"
    HOME = "home"
    AVATAR = "avatar"
    LICENSE = "license"
    DOCUMENT = "document"

    @property
    def is_private(self) -> bool:
        """Whether its files are sealed and given out by signed links alone; others hold pictures."""
        return self in (FileFolder.LICENSE, FileFolder.DOCUMENT)


MERCHANT_FOLDERS = (FileFolder.PRODUCT, FileFolder.DETAIL, FileFolder.LICENSE, FileFolder.DOCUMENT)
"""Where a merchant's staff may put files."""


class LoginEvent(StrEnum):
    """What the login log tells of."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    SIGNED_OUT = "signed_out"
    KICKED = "kicked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word, not a password


class ApprovalStatus(StrEnum):
    """审批状态. An approved request is carried out apart from its approval and may fail."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DONE = "done"
    FAILED = "failed"


APPROVAL_MOVES = TransitionTable[ApprovalStatus](
    {
        ApprovalStatus.PENDING: {
            ApprovalStatus.APPROVED,
            ApprovalStatus.REFUSED,
            ApprovalStatus.WITHDRAWN,
            ApprovalStatus.EXPIRED,
        },
        ApprovalStatus.APPROVED: {ApprovalStatus.DONE, ApprovalStatus.FAILED},
        ApprovalStatus.FAILED: {ApprovalStatus.DONE},  # carried out again after its cause was mended
        ApprovalStatus.REFUSED: set(),
        ApprovalStatus.WITHDRAWN: set(),
        ApprovalStatus.EXPIRED: set(),
        ApprovalStatus.DONE: set(),
    }
)
