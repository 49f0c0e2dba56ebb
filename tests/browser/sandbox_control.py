"""What a test asks of the provider's world behind the mall."""

from typing import Any

from tests.http import Answer, Caller


class SandboxControl:
    """The control API of the sandbox; `caller` points at it."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def trades_of(self, number: str) -> list[dict[str, Any]]:
        """The trades of one number: a plain, a combined or a sub-order's."""
        answer = await self._caller.get("/_sandbox/trades", query={"out_trade_no": number})
        items: list[dict[str, Any]] = answer.body["items"]
        return items

    async def pay(self, content: str) -> None:
        """Scan a code with a wallet and pay."""
        body = {"content": content, "wallet": "wechat", "outcome": "paid"}
        await self._done(await self._caller.post("/_sandbox/pay", body))

    async def withhold_notifications(self) -> None:
        """No call-back reaches the mall until `end_faults`."""
        await self._done(
            await self._caller.send(
                "PUT", "/_sandbox/faults", {"notifications": [{"kind": "off", "times": None}]}
            )
        )

    async def drop_answers(self, path: str) -> None:
        """Answers under `path` are lost on the way until `end_faults`, though the requests take effect."""
        fault = {"kind": "drop", "path": path, "times": None}
        await self._done(await self._caller.send("PUT", "/_sandbox/faults", {"answers": [fault]}))

    async def end_faults(self) -> None:
        """Everything arrives again."""
        await self._done(await self._caller.send("PUT", "/_sandbox/faults", {}))

    async def advance(self, seconds: int) -> None:
        """Move the provider's business time forward."""
        await self._done(await self._caller.post("/_sandbox/clock", {"advance_s": seconds}))

    async def reset(self) -> None:
        """Forget trades, faults and time travel."""
        await self._done(await self._caller.post("/_sandbox/reset", {}))

    @staticmethod
    async def _done(answer: Answer) -> None:
        assert answer.status in (200, 204), answer.body
