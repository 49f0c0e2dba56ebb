"""Writes about what somebody does with lists: exports, and saved views."""

from tests.architecture.staff_stage import Stage
from tests.architecture.staff_writes import Write, creates, removes, write_of
from tests.architecture.staff_writes_accounts import fresh

EXPORTS, VIEWS = "/console/v1/exports", "/console/v1/saved-views"


def export_of(username: str) -> dict[str, object]:
    """An export that nobody asked for yet."""
    return {"kind": "operation_log", "filters": {"username": username}}


async def new_export(stage: Stage) -> str:
    answer = await stage.caller(stage.administrator).post(EXPORTS, export_of(fresh("li")))
    return str(answer.body["export_id"])


@write_of(f"POST {EXPORTS}")
async def create_export(stage: Stage) -> Write:
    return creates("export.create", "export:{export_id}", body=export_of(fresh("li")))


@write_of(f"POST {EXPORTS}/{{export_id}}/cancel")
async def cancel_export(stage: Stage) -> Write:
    return Write("export.cancel", "export:{export_id}", ids={"export_id": await new_export(stage)})


@write_of(f"DELETE {EXPORTS}/{{export_id}}")
async def delete_export(stage: Stage) -> Write:
    ids = {"export_id": await new_export(stage)}
    await stage.caller(stage.administrator).post(f"{EXPORTS}/{ids['export_id']}/cancel")
    return removes("export.delete", "export:{export_id}", ids=ids)


@write_of(f"POST {VIEWS}")
async def save_view(stage: Stage) -> Write:
    body = {"list_name": "log", "title": "今天", "query": {"username": "li"}}
    return creates("view.save", "view:{view_id}", body=body)


@write_of(f"DELETE {VIEWS}/{{view_id}}")
async def delete_view(stage: Stage) -> Write:
    body = {"list_name": "log", "title": "昨天", "query": {}}
    answer = await stage.caller(stage.administrator).post(VIEWS, body)
    return removes("view.delete", "view:{view_id}", ids={"view_id": answer.body["view_id"]})
