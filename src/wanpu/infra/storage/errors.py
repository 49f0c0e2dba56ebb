"""What the storage and the examination of uploads refuse. Codes are public and permanent."""

from wanpu.kernel.errors import Invalid, NotFound, Unavailable


class StorageUnavailable(Unavailable):
    """The storage gave no good answer; `details.problem` is "unreachable", "denied" or "bucket_missing"."""

    code = "storage.unavailable"
    message_zh = "存储服务不可用"
    message_en = "The file storage does not answer as it should"


class ObjectMissing(NotFound):
    """No object lies under this key."""

    code = "storage.object_missing"
    message_zh = "文件内容不存在"
    message_en = "The content of this file is missing"


class ContentRefused(Invalid):
    """The bytes are of no kind that may be uploaded, whatever their name says."""

    code = "file.content_refused"
    message_zh = "不支持的文件内容"
    message_en = "Files of this content are not taken"


class FileEmpty(Invalid):
    """A file without a byte."""

    code = "file.empty"
    message_zh = "文件为空"
    message_en = "The file is empty"


class PictureBroken(Invalid):
    """A picture that ends early or cannot be drawn."""

    code = "file.picture_broken"
    message_zh = "图片已损坏"
    message_en = "The picture is broken"


class PictureTooLarge(Invalid):
    """More pixels than we unpack; `details` says how many there may be."""

    code = "file.picture_too_large"
    message_zh = "图片像素过多"
    message_en = "The picture has too many pixels"
