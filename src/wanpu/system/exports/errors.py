"""What can be wrong with an export; the codes of those that fail while they run stand in their rows."""

from wanpu.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class ExportKindUnknown(Invalid):
    """No list of this name can be exported."""

    code = "export.kind_unknown"
    message_zh = "该列表不能导出"
    message_en = "There is no such list to export"


class ExportFiltersInvalid(Invalid):
    """The list has no such filter or order; `details.fields` says which."""

    code = "export.filters_invalid"
    message_zh = "筛选条件不符合要求"
    message_en = "The filters do not fit the list"


class ExportTooManyRows(Invalid):
    """More rows than an export may have: `details.limit`."""

    code = "export.too_many_rows"
    message_zh = "数据过多，请缩小筛选范围"
    message_en = "Too many rows; narrow the filters"


class ExportTooLarge(Invalid):
    """The file would be larger than any export may be."""

    code = "export.too_large"
    message_zh = "导出文件过大，请缩小筛选范围"
    message_en = "The file would be too large; narrow the filters"


class ExportNotFound(NotFound):
    """No such export, or another's."""

    code = "export.not_found"
    message_zh = "导出不存在"
    message_en = "There is no such export"


class ExportsTooMany(TooMany):
    """The account has as many exports as it may: `details.running` at once, `details.kept` in all."""

    code = "export.too_many"
    message_zh = "导出过多，请等待其完成或删除旧的导出"
    message_en = "Too many exports; wait for them, or remove old ones"


class ExportOver(Conflict):
    """The export has ended and cannot be cancelled: `details.status`."""

    code = "export.over"
    message_zh = "导出已结束"
    message_en = "The export has ended"


class ExportNotOver(Conflict):
    """The export goes on; cancel it before it is removed."""

    code = "export.not_over"
    message_zh = "导出尚未结束，请先取消"
    message_en = "The export goes on; cancel it first"


class ExportHasNoFile(Conflict):
    """The export is not done: `details.status`."""

    code = "export.has_no_file"
    message_zh = "导出没有可下载的文件"
    message_en = "The export has no file"


class ExportListGone(Conflict):
    """This version of the mall has no such list any more, or not yet; the export can only be removed."""

    code = "export.list_gone"
    message_zh = "该列表已不存在，导出只能删除"
    message_en = "There is no such list any more; the export can only be removed"


class ExportNotAllowed(Forbidden):
    """Whoever asked for the export may no longer see its list."""

    code = "export.not_allowed"
    message_zh = "导出者已无权查看该列表"
    message_en = "Whoever asked may no longer see this list"


class ExportGivenUp(Conflict):
    """The export did not end in time."""

    code = "export.given_up"
    message_zh = "导出长时间未能完成，已放弃"
    message_en = "The export did not end in time and was given up"
