/**
 * A question before something happens. It names what will happen, to what, and what cannot be undone.
 *
 * The action runs behind the open dialog, so a refusal is read where the decision was made.
 */

import { shallowRef } from "vue";

export interface Question {
  title: string;
  /** What happens, in a sentence. */
  text?: string;
  /** The thing it happens to, word for word: a name, a number. */
  subject?: string;
  /** What the button that does it says: a verb, never "OK". */
  confirm: string;
  cancel?: string;
  tone?: "normal" | "danger";
  /** Ask for a reason as well. */
  reason?: { label: string; required: boolean; maxLength: number };
  /** Done behind the open dialog; a refusal is shown there and the dialog stays. */
  action?: (reason: string) => Promise<unknown>;
}

interface OpenQuestion {
  question: Question;
  settle: (isConfirmed: boolean) => void;
}

export const openQuestion = shallowRef<OpenQuestion | null>(null);

/** Ask; true once it was confirmed, and done where the question has an action. */
export function ask(question: Question): Promise<boolean> {
  openQuestion.value?.settle(false);
  return new Promise((resolve) => {
    openQuestion.value = {
      question,
      settle: (isConfirmed) => {
        openQuestion.value = null;
        resolve(isConfirmed);
      },
    };
  });
}
