"""Every request has an id that no other has, in whichever process it is answered."""

import os

from wanpu.infra.http.request_ids import request_id_for

SCOPE = {"headers": [(b"host", b"mall.example")]}


def test_ids_are_long_random_text_and_never_repeat() -> None:
    made = [request_id_for(SCOPE) for _ in range(10_000)]

    assert len(set(made)) == 10_000
    assert {len(one) for one in made} == {32}
    assert set("".join(made)) == set("0123456789abcdef")


def test_a_forked_process_does_not_give_the_ids_of_its_parent() -> None:
    request_id_for(SCOPE)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, "".join(request_id_for(SCOPE) for _ in range(300)).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    os.waitpid(child, 0)

    theirs = {text[start : start + 32] for start in range(0, len(text), 32)}
    assert len(theirs) == 300
    assert theirs.isdisjoint(request_id_for(SCOPE) for _ in range(300))
