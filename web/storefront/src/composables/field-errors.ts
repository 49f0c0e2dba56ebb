import { type Ref, ref, watch } from "vue";

export type FieldErrors<Form> = Partial<Record<keyof Form, string>>;

/** What is wrong with each field of a form; an error goes away when its field is changed. */
export function useFieldErrors<Form extends object>(form: Form): Ref<FieldErrors<Form>> {
  const errors = ref({}) as Ref<FieldErrors<Form>>;
  watch(
    () => ({ ...form }),
    (now, before) => {
      const changed = (Object.keys(now) as (keyof Form)[]).filter((name) => now[name] !== before[name]);
      if (changed.some((name) => errors.value[name])) {
        errors.value = Object.fromEntries(
          Object.entries(errors.value).filter(([name]) => !changed.includes(name as keyof Form)),
        ) as FieldErrors<Form>;
      }
    },
  );
  return errors;
}
