"""Writes about what keeps the mall running: settings, secrets, menus, jobs, files, approvals, events."""

from typing import Any

from sqlalchemy import update
from tests.architecture.staff_stage import SECRET, SECRET_NAME, Stage
from tests.architecture.staff_writes import Write, changes, creates, removes, write_of
from tests.architecture.staff_writes_accounts import START, fresh

from wanpu.infra.tables import table_of
from wanpu.system.models import Approval
from wanpu.system.states import ApprovalStatus, Audience

PLATFORM = Audience.PLATFORM
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
BOUNDARY = "b0undary"


async def new_config(stage: Stage) -> dict[str, Any]:
    return await stage.make(PLATFORM, "/platform/v1/configs", {"param_key": fresh("KEY"), "param_value": "1"})


@write_of("POST /platform/v1/configs")
async def create_config(stage: Stage) -> Write:
    body = {"param_key": fresh("KEY"), "param_value": "值😀"}
    return creates("config.create", "config:{config_id}", body=body)


@write_of("PUT /platform/v1/configs/{config_id}")
async def change_config(stage: Stage) -> Write:
    made = await new_config(stage)
    body = {"version": 1, "param_value": "2", "status": 1, "remark": ""}
    return changes("config.change", "config:{config_id}", ids={"config_id": made["config_id"]}, body=body)


@write_of("POST /platform/v1/configs/{config_id}/rollback")
async def roll_config_back(stage: Stage) -> Write:
    ids = {"config_id": (await new_config(stage))["config_id"]}
    body = {"version": 1, "param_value": "2", "status": 1, "remark": ""}
    await stage.caller(stage.administrator).put(f"/platform/v1/configs/{ids['config_id']}", body)
    back = {"version": 1, "current_version": 2}
    return changes("config.roll_back", "config:{config_id}", ids=ids, body=back)


@write_of("DELETE /platform/v1/configs/{config_id}")
async def delete_config(stage: Stage) -> Write:
    ids = {"config_id": (await new_config(stage))["config_id"]}
    return removes("config.delete", "config:{config_id}", ids=ids, query={"version": "1"})


@write_of("PUT /platform/v1/secrets/{name:path}")
async def change_secret(stage: Stage) -> Write:
    ids = {"name": SECRET_NAME}
    return changes("secret.change", "secret:{name}", ids=ids, body={"secret": SECRET, "reason": "new keys"})


@write_of("DELETE /platform/v1/secrets/{name:path}")
async def delete_secret(stage: Stage) -> Write:
    name = "CLOUD_STORAGE_CONFIG_KEY/qiniuSecretKey"
    await stage.caller(stage.administrator).put(f"/platform/v1/secrets/{name}", {"secret": SECRET})
    return removes("secret.delete", "secret:{name}", ids={"name": name})


async def new_folder(stage: Stage) -> str:
    menu = await stage.make(PLATFORM, "/platform/v1/menus", {"type": 0, "name": fresh("目录")})
    return str(menu["menu_id"])


@write_of("POST /platform/v1/menus")
async def create_menu(stage: Stage) -> Write:
    return creates("menu.create", "menu:{menu_id}", body={"type": 0, "name": fresh("目录")})


@write_of("PATCH /platform/v1/menus/{menu_id}")
async def change_menu(stage: Stage) -> Write:
    ids = {"menu_id": await new_folder(stage)}
    return changes("menu.change", "menu:{menu_id}", ids=ids, body={"name": "报表"})


@write_of("DELETE /platform/v1/menus/{menu_id}")
async def delete_menu(stage: Stage) -> Write:
    return removes("menu.delete", "menu:{menu_id}", ids={"menu_id": await new_folder(stage)})


@write_of("PUT /platform/v1/menus/order")
async def order_menus(stage: Stage) -> Write:
    await new_folder(stage)
    tree = (await stage.caller(stage.administrator).get("/platform/v1/menus")).body["items"]
    body = {"menu_ids": [menu["menu_id"] for menu in reversed(tree)]}
    return changes("menu.order", "menu:0", body=body)


JOB = {"bean_name": "testTask", "trigger": {"kind": "cron", "expression": "0 0/30 * * * ?"}, "params": "x"}


async def new_job(stage: Stage) -> dict[str, str]:
    return {"job_id": (await stage.make(PLATFORM, "/platform/v1/jobs", JOB))["job_id"]}


@write_of("POST /platform/v1/jobs")
async def create_job(stage: Stage) -> Write:
    return creates("job.create", "job:{job_id}", body=JOB)


@write_of("PUT /platform/v1/jobs/{job_id}")
async def change_job(stage: Stage) -> Write:
    return changes("job.change", "job:{job_id}", ids=await new_job(stage), body=JOB | {"params": "y"})


@write_of("DELETE /platform/v1/jobs/{job_id}")
async def delete_job(stage: Stage) -> Write:
    return removes("job.delete", "job:{job_id}", ids=await new_job(stage))


@write_of("POST /platform/v1/jobs/{job_id}/pause")
async def pause_job(stage: Stage) -> Write:
    return changes("job.pause", "job:{job_id}", ids=await new_job(stage))


@write_of("POST /platform/v1/jobs/{job_id}/resume")
async def resume_job(stage: Stage) -> Write:
    ids = await new_job(stage)
    await stage.caller(stage.administrator).post(f"/platform/v1/jobs/{ids['job_id']}/pause")
    return changes("job.resume", "job:{job_id}", ids=ids)


@write_of("POST /platform/v1/jobs/{job_id}/run")
async def run_job(stage: Stage) -> Write:
    return creates("job.run", "job:{job_id}", ids=await new_job(stage))


@write_of("POST /platform/v1/job-groups/{name}/pause")
async def pause_group(stage: Stage) -> Write:
    return changes("job_group.pause", "job_group:{name}", ids={"name": "nightly"})


@write_of("POST /platform/v1/job-groups/{name}/resume")
async def resume_group(stage: Stage) -> Write:
    await stage.caller(stage.administrator).post("/platform/v1/job-groups/weekly/pause")
    return changes("job_group.resume", "job_group:{name}", ids={"name": "weekly"})


@write_of("PUT /platform/v1/job-calendars/{name}")
async def save_calendar(stage: Stage) -> Write:
    body = {"days": {"dates": ["2027-01-01"]}, "remark": "元旦"}
    return creates("job_calendar.save", "job_calendar:{name}", ids={"name": "cn"}, body=body)


@write_of("DELETE /platform/v1/job-calendars/{name}")
async def delete_calendar(stage: Stage) -> Write:
    body = {"days": {"dates": ["2027-01-01"]}}
    await stage.caller(stage.administrator).put("/platform/v1/job-calendars/old", body)
    return removes("job_calendar.delete", "job_calendar:{name}", ids={"name": "old"})


def upload_form(name: str) -> tuple[bytes, str]:
    """A document to upload, as browsers send it, and the type of that body."""
    parts = (
        f'Content-Disposition: form-data; name="folder"\r\n\r\ndocument\r\n--{BOUNDARY}\r\n'
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = f"--{BOUNDARY}\r\n{parts}".encode() + PDF + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


def enter_files(console: Audience) -> None:
    """The same routes in both consoles."""

    @write_of(f"POST {START[console]}/files")
    async def upload(stage: Stage) -> Write:
        return creates("file.upload", "file:{file_id}", form=upload_form("合同.pdf"))

    @write_of(f"DELETE {START[console]}/files/{{file_id}}")
    async def delete(stage: Stage) -> Write:
        body, kind = upload_form("b.pdf")
        caller = stage.caller(stage.worker(console))
        answer = await caller.post(f"{START[console]}/files", raw=body, headers={"Content-Type": kind})
        return removes("file.delete", "file:{file_id}", ids={"file_id": answer.body["file_id"]})


for audience in Audience:
    enter_files(audience)


@write_of("POST /platform/v1/approvals/{approval_id}/approve")
async def approve(stage: Stage) -> Write:
    ids = {"approval_id": str(await stage.request(stage.administrator))}
    sent = {"ids": ids, "body": {"comment": "好"}, "by": stage.colleague}
    return creates("approval.approved", "approval:{approval_id}", **sent)


@write_of("POST /platform/v1/approvals/{approval_id}/refuse")
async def refuse(stage: Stage) -> Write:
    ids = {"approval_id": str(await stage.request(stage.administrator))}
    sent = {"ids": ids, "body": {"comment": "为什么?"}, "by": stage.colleague}
    return creates("approval.refused", "approval:{approval_id}", **sent)


@write_of("POST /platform/v1/approvals/{approval_id}/withdraw")
async def withdraw(stage: Stage) -> Write:
    ids = {"approval_id": str(await stage.request(stage.administrator))}
    return Write("approval.withdraw", "approval:{approval_id}", ids=ids)


@write_of("POST /platform/v1/approvals/{approval_id}/retry")
async def retry(stage: Stage) -> Write:
    number = await stage.request(stage.colleague)
    table = table_of(Approval)
    async with stage.mall.system.db.transaction() as session:
        failed = {"status": ApprovalStatus.FAILED, "open_key": None}
        await session.execute(update(table).where(table.c.id == number).values(**failed))
    return Write("approval.retry", "approval:{approval_id}", ids={"approval_id": str(number)})


@write_of("POST /platform/v1/dead-letters/{dead_letter_id}/replay")
async def replay(stage: Stage) -> Write:
    ids = {"dead_letter_id": str(await stage.bury_event())}
    return Write("dead_letter.replay", "dead_letter:{dead_letter_id}", ids=ids)


@write_of("DELETE /platform/v1/slow-statements")
async def clear_statements(stage: Stage) -> Write:
    return removes("slow_statement.clear", "slow_statements")
