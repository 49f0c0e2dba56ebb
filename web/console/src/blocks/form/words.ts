import { words } from "@/text";

export const t = words(
  "form",
  {
    save: "保存",
    cancel: "取消",
    unsaved: "有未保存的修改",
    discardTitle: "放弃修改？",
    discard: "填写的内容还没有保存，关闭后会丢失。",
    discardConfirm: "放弃修改",
    keep: "继续编辑",
    required: "必填",
  },
  {
    save: "Save",
    cancel: "Cancel",
    unsaved: "Unsaved changes",
    discardTitle: "Discard the changes?",
    discard: "What you filled in was not saved and will be lost.",
    discardConfirm: "Discard",
    keep: "Keep editing",
    required: "required",
  },
);
