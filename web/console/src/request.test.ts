import { afterEach, describe, expect, it, vi } from "vitest";

import { ApiError, NO_ANSWER, OTHER_ACCOUNT, SIGNED_OUT, UNREADABLE, fieldProblems } from "./api-error";
import { type Gate, answerOf, installGate, sendPlain, throughGate } from "./request";

const URL = "http://localhost:3000/platform/v1/logs";

function refusal(status: number, code: string): Response {
  return Response.json({ code, message: "refused", details: {}, request_id: "r1" }, { status });
}

function write(): Request {
  return new Request(URL, { method: "POST", body: JSON.stringify({ comment: "half an hour of typing" }) });
}

function gate(changes: Partial<Gate> = {}): Gate {
  const open = async () => undefined;
  return { signInAgain: open, changePassword: open, isOthers: () => false, noteForbidden: () => undefined, ...changes };
}

/** Answers what it is told, one after the other, and keeps the bodies that it was sent. */
function scripted(...answers: Response[]) {
  const bodies: string[] = [];
  const send = async (request: Request) => {
    bodies.push(await request.text());
    const answer = answers.shift();
    if (!answer) {
      throw new Error("sent once too often");
    }
    return answer;
  };
  return { bodies, send };
}

afterEach(() => {
  installGate(null);
  vi.unstubAllGlobals();
});

describe("the gate", () => {
  it("lets a write wait until its owner has signed in again, and repeats it whole", async () => {
    const order: string[] = [];
    installGate(gate({ signInAgain: async () => void order.push("signed in") }));
    const { bodies, send } = scripted(refusal(401, "auth.token_expired"), Response.json({ done: true }));

    const answer = await throughGate(send)(write());

    expect(await answer.json()).toEqual({ done: true });
    expect(order).toEqual(["signed in"]);
    expect(bodies).toEqual(['{"comment":"half an hour of typing"}', '{"comment":"half an hour of typing"}']);
  });

  it("asks for a password of one's own where the first one still stands", async () => {
    const order: string[] = [];
    installGate(gate({ changePassword: async () => void order.push("changed") }));
    const { send } = scripted(refusal(403, "auth.password_change_required"), Response.json(1));

    await throughGate(send)(write());

    expect(order).toEqual(["changed"]);
  });

  it("ends the call and does not repeat it when nobody signs in", async () => {
    installGate(gate({ signInAgain: () => Promise.reject(new Error("left")) }));
    const { bodies, send } = scripted(refusal(401, "auth.required"));

    await expect(throughGate(send)(write())).rejects.toMatchObject({ code: SIGNED_OUT, status: 401 });
    expect(bodies).toHaveLength(1);
  });

  it.each([
    [401, "auth.wrong_credentials"],
    [403, "auth.forbidden"],
    [409, "approval.closed"],
  ])("gives every other refusal on as it came: %i %s", async (status, code) => {
    installGate(gate({ signInAgain: () => Promise.reject(new Error("not asked")) }));
    const { bodies, send } = scripted(refusal(status, code));

    const answer = await throughGate(send)(write());

    expect([answer.status, (await answer.json()).code]).toEqual([status, code]);
    expect(bodies).toHaveLength(1);
  });

  it("tells of a permission that is missing, and of no other refusal", async () => {
    const noted: string[] = [];
    installGate(gate({ noteForbidden: () => void noted.push("missing") }));
    const { send } = scripted(refusal(409, "staff.username_taken"), refusal(403, "auth.forbidden"));

    await throughGate(send)(write());
    expect(noted).toEqual([]);
    await throughGate(send)(write());

    expect(noted).toEqual(["missing"]);
  });

  it("sends nothing in somebody else's name, nor repeats it so", async () => {
    let isOthers = false;
    installGate(gate({ isOthers: () => isOthers, signInAgain: async () => void (isOthers = true) }));
    const { bodies, send } = scripted(refusal(401, "auth.token_invalid"));

    await expect(throughGate(send)(write())).rejects.toMatchObject({ code: OTHER_ACCOUNT });
    await expect(throughGate(send)(write())).rejects.toMatchObject({ code: OTHER_ACCOUNT });

    expect(bodies).toHaveLength(1);
  });

  it("passes through once only: a second refusal is the answer", async () => {
    installGate(gate());
    const { bodies, send } = scripted(refusal(401, "auth.token_expired"), refusal(401, "auth.token_invalid"));

    const answer = await throughGate(send)(write());

    expect((await answer.json()).code).toBe("auth.token_invalid");
    expect(bodies).toHaveLength(2);
  });
});

describe("what every call carries", () => {
  it("marks writes as ours and reads not, and says the reader's language", async () => {
    const sent: Request[] = [];
    vi.stubGlobal("fetch", async (request: Request) => (sent.push(request), Response.json(null)));

    await sendPlain(new Request(URL));
    await sendPlain(write());

    expect(sent.map((request) => request.headers.get("X-Wanpu-Console"))).toEqual([null, "1"]);
    expect(sent.map((request) => request.headers.get("Accept-Language"))).toEqual(["en", "en"]);
  });

  it("turns a network failure into an error value", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));

    await expect(sendPlain(write())).rejects.toMatchObject({ code: NO_ANSWER, status: 0 });
  });
});

describe("answers", () => {
  it("are values", async () => {
    const call = Promise.resolve({ data: { total: 3 }, response: new Response(null, { status: 200 }) });

    expect(await answerOf(call)).toEqual({ total: 3 });
  });

  it("are errors with the mall's code, number and fields where it refused", async () => {
    const error = {
      code: "request.invalid",
      message: "The request is not valid",
      details: { fields: [{ field: "username", problem: "too short" }] },
      request_id: "r7",
    };
    const call = Promise.resolve({ error, response: new Response(null, { status: 422 }) });

    const thrown = await answerOf(call).catch((reason: unknown) => reason as ApiError);

    expect(thrown).toBeInstanceOf(ApiError);
    expect(thrown).toMatchObject({ status: 422, code: "request.invalid", requestId: "r7" });
    expect(fieldProblems(thrown as ApiError)).toEqual({ username: "too short" });
  });

  it("that are no JSON of the mall's are unreadable, not a crash", async () => {
    const call = Promise.resolve({ error: "<html>bad gateway</html>", response: new Response(null, { status: 502 }) });

    await expect(answerOf(call)).rejects.toMatchObject({ status: 502, code: UNREADABLE });
  });
});
