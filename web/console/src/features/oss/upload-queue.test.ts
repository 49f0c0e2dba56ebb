import { describe, expect, it } from "vitest";

import { ApiError } from "@/api-error";
import { sizeText } from "@/blocks/show/size-text";
import { setLanguage } from "@/text";

import { type StoredFile, withUse } from "./stored-file";
import { requireSize, typeText, typesOf } from "./upload-limits";
import { useUploadQueue } from "./upload-queue";

/** Files whose sending the test ends by hand, in the order in which it began. */
function heldBack() {
  const begun: { name: string; told: (share: number) => void; end: () => void; refuse: (error: ApiError) => void }[] = [];
  const stored: string[] = [];
  const queue = useUploadQueue(
    (file, _folder, told) =>
      new Promise<StoredFile>((resolve, reject) => {
        begun.push({ name: file.name, told, end: () => resolve({ name: file.name } as StoredFile), refuse: reject });
      }),
    (file) => stored.push(file.name),
  );
  return { queue, begun, stored };
}

const files = (...names: string[]) => names.map((name) => new File(["x"], name));
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("the upload queue", () => {
  it("sends two files at once and the next when one has arrived", async () => {
    const { queue, begun, stored } = heldBack();
    queue.add(files("a.png", "b.png", "c.png"), "product");
    expect(begun.map((one) => one.name)).toEqual(["a.png", "b.png"]);

    begun[0]?.end();
    await settled();

    expect(begun.map((one) => one.name)).toEqual(["a.png", "b.png", "c.png"]);
    expect(stored).toEqual(["a.png"]);
    expect([queue.isBusy.value, queue.doneCount.value]).toEqual([true, 1]);
  });

  it("keeps a refusal beside its own file, sends the others, and tries again when asked", async () => {
    const { queue, begun } = heldBack();
    queue.add(files("a.txt", "b.png"), "product");
    begun[0]?.refuse(new ApiError(422, { code: "file.folder_mismatch", message: "This folder takes pictures alone" }));
    begun[1]?.end();
    await settled();
    expect(queue.uploads.value.map((one) => [one.status, one.failure?.code])).toEqual([
      ["failed", "file.folder_mismatch"],
      ["done", undefined],
    ]);

    queue.retry(1);

    expect(begun.map((one) => one.name)).toEqual(["a.txt", "b.png", "a.txt"]);
    expect(queue.uploads.value[0]?.failure).toBeNull();
  });

  it("follows the progress and never drops a file on its way", () => {
    const { queue, begun } = heldBack();
    queue.add(files("a.png"), "product");
    begun[0]?.told(0.4);
    queue.remove(1);
    expect(queue.uploads.value.map((one) => [one.share, one.status])).toEqual([[0.4, "sending"]]);
  });

  it("clears what is done and nothing else", async () => {
    const { queue, begun } = heldBack();
    queue.add(files("a.png", "b.png"), "product");
    begun[1]?.end();
    await settled();
    queue.clearDone();
    expect(queue.uploads.value.map((one) => one.file.name)).toEqual(["a.png"]);
  });
});

describe("upload limits", () => {
  const limits = { limit_bytes: 3, folders: [{ folder: "product", is_private: false, content_types: ["image/jpeg", "image/webp"] }] };

  it("refuse a file that is larger before a byte of it is sent", () => {
    setLanguage("en");
    expect(() => requireSize(new File(["123"], "a.png"), limits)).not.toThrow();
    expect(() => requireSize(new File(["1234"], "a.png"), limits)).toThrow(
      new ApiError(413, { code: "request.too_large", message: "Larger than 3 B, so it was not sent" }),
    );
  });

  it("name the types that a folder takes", () => {
    expect(typesOf(limits, "product").map(typeText)).toEqual(["JPEG", "WEBP"]);
    expect(typesOf(limits, "document")).toEqual([]);
    expect(typeText("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")).toBe("XLSX");
  });
});

describe("stored files", () => {
  it("says sizes in the unit that people would choose", () => {
    expect([812, 20_480, 1_572_864, 20 * 1024 * 1024].map(sizeText)).toEqual(["812 B", "20 KB", "1.5 MB", "20 MB"]);
  });

  it("says what still shows a file that cannot be deleted", () => {
    setLanguage("en");
    const refusal = new ApiError(409, { code: "file.in_use", message: "The file is still in use", details: { used_by: "product:77" } });
    expect(withUse(refusal).message).toBe("The file is still in use: product 77");
  });
});
