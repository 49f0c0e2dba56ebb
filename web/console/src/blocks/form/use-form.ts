/**
 * A form: what it holds, what is wrong with it, whether it changed, and sending it once.
 *
 * Field names are those of the request's body, so the mall's refusals find their fields by themselves.
 */

import { type Ref, computed, reactive, ref, shallowRef, watch } from "vue";
import { useRoute } from "vue-router";

import { sayFailure } from "@/adapter/messages";
import { ApiError, fieldProblems } from "@/api-error";

import { guardUnsaved } from "./unsaved";

export type Problems<Values> = Partial<Record<keyof Values & string, string>>;

export interface FormOptions<Values extends object, Result> {
  initial: () => Values;
  /** Sends the values; its refusals go to the fields that they name. */
  send: (values: Values) => Promise<Result>;
  /** What can be seen without asking the mall. */
  check?: (values: Values) => Problems<Values>;
  /** Error code → the field that it is about, where the mall's refusal names no field. */
  fieldOfCode?: Readonly<Record<string, keyof Values & string>>;
  /** Runs once the values were taken; what fails here is said, and does not make the form unsent. */
  done?: (result: Result) => void | Promise<void>;
}

export interface Form<Values extends object> {
  values: Values;
  problems: Ref<Problems<Values>>;
  /** A refusal that is about no field. */
  failure: Ref<ApiError | null>;
  isDirty: Ref<boolean>;
  isBusy: Ref<boolean>;
  /** Send it; a second call while one is under way does nothing. True when it was taken. */
  submit(): Promise<boolean>;
  /** Begin anew, with `initial` or with these values, as unchanged. */
  reset(values?: Values): void;
}

export function useForm<Values extends object, Result>(options: FormOptions<Values, Result>): Form<Values> {
  const values = reactive(options.initial()) as Values;
  const clean = ref(JSON.stringify(values));
  const problems = ref({}) as Ref<Problems<Values>>;
  const failure = shallowRef<ApiError | null>(null);
  const isBusy = ref(false);
  const isDirty = computed(() => JSON.stringify(values) !== clean.value);

  guardUnsaved(useRoute().path, isDirty);

  watch(
    () => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)])),
    (now, before) => {
      const changed = Object.keys(now).filter((name) => now[name] !== before[name]);
      problems.value = Object.fromEntries(
        Object.entries(problems.value).filter(([name]) => !changed.includes(name)),
      ) as Problems<Values>;
    },
  );

  /** Whether something that was typed is now shown where it was typed. */
  function place(error: ApiError): void {
    const named: Record<string, string> = fieldProblems(error);
    const field = options.fieldOfCode?.[error.code];
    if (field) {
      named[field] = error.message;
    }
    const known = Object.entries(named).flatMap(([name, problem]) => {
      const own = Object.keys(values).find((key) => name === key || name.startsWith(`${key}.`));
      return own ? [[own, problem]] : [];
    });
    problems.value = Object.fromEntries(known) as Problems<Values>;
    failure.value = known.length === 0 ? error : null;
  }

  async function finish(result: Result): Promise<void> {
    try {
      await options.done?.(result);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      sayFailure(error);
    }
  }

  async function submit(): Promise<boolean> {
    if (isBusy.value) {
      return false;
    }
    problems.value = options.check?.(values) ?? {};
    failure.value = null;
    if (Object.keys(problems.value).length > 0) {
      return false;
    }
    isBusy.value = true;
    const sent = JSON.stringify(values);
    try {
      const result = await options.send(JSON.parse(sent) as Values);
      clean.value = sent;
      await finish(result);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      place(error);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  function reset(fresh: Values = options.initial()): void {
    Object.assign(values, fresh);
    clean.value = JSON.stringify(values);
    problems.value = {};
    failure.value = null;
  }

  return { values, problems, failure, isDirty, isBusy, submit, reset };
}
