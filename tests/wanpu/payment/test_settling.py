"""Money that a channel reports: credited once, or owned by a case."""

from tests.wanpu.payment.room import NATIVE, Room, ask_for

from wanpu.payment import PaymentStatus


async def test_a_paid_combination_is_credited_part_by_part(room: Room) -> None:
    view = await room.port.create(ask_for(room.clock))
    assert view.action is not None
    (attempt_no,) = room.channel.orders
    headers, body = room.channel.notification(room.channel.pay(attempt_no))

    from wanpu.payment.service.notifying import receive_notification

    result = await receive_notification(room.app, "wechatpay", room.account_id, headers, body)

    paid = await room.port.query("P1")
    assert result == "settled"
    assert paid.status is PaymentStatus.PAID
    assert paid.method == NATIVE
    assert [part.channel_payment_no for part in paid.parts] == [f"42000{n:023d}" for n in (1, 2)]
