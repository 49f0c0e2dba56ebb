import { describe, expect, it } from "vitest";

import { ApiError, fieldProblems, NO_ANSWER, UNREADABLE } from "./errors";

describe("ApiError", () => {
  it("carries the code, details and request id of the mall's error", () => {
    const error = ApiError.fromAnswer(409, {
      code: "order.sold_out",
      message: "库存不足",
      details: { skus: [{ sku_id: "5", wanted: 2, left: 1 }] },
      request_id: "r-1",
    });

    expect(error.code).toBe("order.sold_out");
    expect(error.message).toBe("库存不足");
    expect(error.status).toBe(409);
    expect(error.details).toEqual({ skus: [{ sku_id: "5", wanted: 2, left: 1 }] });
    expect(error.request_id).toBe("r-1");
  });

  it("stays readable when a proxy answers with its own page", () => {
    const error = ApiError.fromAnswer(502, "<html>Bad Gateway</html>");

    expect(error.code).toBe(UNREADABLE);
    expect(error.status).toBe(502);
    expect(error.message).toBe("服务暂时不可用，请稍后再试");
  });

  it("names the problem of each field, and none when it is about something else", () => {
    const invalid = ApiError.fromAnswer(422, {
      code: "request.invalid",
      message: "请求不正确",
      details: { fields: [{ field: "mobile", problem: "须为 11 位手机号" }] },
      request_id: "r-2",
    });

    expect(fieldProblems(invalid)).toEqual({ mobile: "须为 11 位手机号" });
    expect(fieldProblems(ApiError.noAnswer())).toEqual({});
  });

  it("is told apart when no answer arrived", () => {
    expect(ApiError.noAnswer().code).toBe(NO_ANSWER);
    expect(ApiError.noAnswer().status).toBe(0);
  });
});
