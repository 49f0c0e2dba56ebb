import type { components } from "@api-client/schema";

import type { Column } from "@/blocks/list/columns";

import { t } from "./words";

export type Operation = components["schemas"]["OperationOut"];

export const columns = (): Column<Operation>[] => [
  { key: "operation", title: t("operation"), isHead: true },
  { key: "subject", title: t("subject") },
  { key: "username", title: t("username"), text: (row) => row.username },
  { key: "ip", title: t("ip"), text: (row) => row.ip },
  { key: "created_at", title: t("createdAt"), sort: "created_at" },
  { key: "time_ms", title: t("took"), sort: "time", align: "right", text: (row) => t("ms", { ms: row.time_ms }) },
  { key: "method", title: t("method"), text: (row) => row.method, isExtra: true },
  { key: "request_id", title: t("requestId"), isExtra: true },
  { key: "seal_no", title: t("seal"), isExtra: true },
];
