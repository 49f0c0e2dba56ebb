"""What is wrong with a field, as a sentence in the caller's language."""

from collections.abc import Mapping
from typing import Any

_PROBLEMS_ZH: Mapping[str, str] = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段",
    "bool_type": "须为布尔值",
    "bool_parsing": "须为布尔值",
    "int_type": "须为整数",
    "int_parsing": "须为整数",
    "int_parsing_size": "数值过大",
    "int_from_float": "须为整数",
    "float_type": "须为数字",
    "float_parsing": "须为数字",
    "string_type": "须为文本",
    "list_type": "须为数组",
    "dict_type": "须为对象",
    "model_type": "须为对象",
    "model_attributes_type": "须为对象",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不正确",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "greater_than": "须大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "须小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "literal_error": "须为 {expected} 之一",
    "enum": "须为 {expected} 之一",
    "id_text": "须为数字组成的编号文本",
    "time_text": "须为带时区的 ISO 8601 时间",
    "line_text": "不得为空，也不得含换行或控制字符",
}


def problem_text(found: Mapping[str, Any], language: str) -> str:
    """The problem of one entry of pydantic's `errors()`; English is pydantic's own sentence.

    A room's own check brings its Chinese sentence as `zh` in the context of its error.
    """
    context = found.get("ctx") or {}
    template = _PROBLEMS_ZH.get(str(found["type"])) or context.get("zh")
    if language == "zh" and template:
        return str(template).format_map(context)
    return str(found["msg"])
