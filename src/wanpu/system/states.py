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
    EXPORT = "export"

    @property
    def is_private(self) -> bool:
        """Whether its files are sealed and given out by signed links alone; others hold pictures."""
        return self in (FileFolder.LICENSE, FileFolder.DOCUMENT, FileFolder.EXPORT)


UPLOAD_FOLDERS = tuple(folder for folder in FileFolder if folder is not FileFolder.EXPORT)
"""Where operators may put files; exports are written by the mall, and belong to whoever asked for them."""


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


class ExportStatus(StrEnum):
    """导出状态."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is written."""
        return EXPORT_MOVES.is_final(self)


EXPORT_MOVES = TransitionTable[ExportStatus](
    {
        ExportStatus.WAITING: {ExportStatus.RUNNING, ExportStatus.FAILED, ExportStatus.CANCELLED},
        ExportStatus.RUNNING: {ExportStatus.DONE, ExportStatus.FAILED, ExportStatus.CANCELLED},
        ExportStatus.DONE: set(),
        ExportStatus.FAILED: set(),
        ExportStatus.CANCELLED: set(),
    }
)
