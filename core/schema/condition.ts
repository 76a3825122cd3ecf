/**
 * The functions of the @env-spec language, as far as they tell whether a value is required: what depends
 * on other variables and on the current environment. What runs programs or asks services stays unknown.
 */
import type { Expression } from "./expression.ts";

/** A variable's value as the program will see it. */
export type Values = (name: string) => string | undefined;

export interface Surroundings {
  readonly values: Values;
  /** The name of the current environment, such as `production`; undefined where the schema does not say. */
  readonly currentEnv: string | undefined;
}

type Value = string | number | boolean | undefined;
/** null: nobody can tell from here. */
type Result = { readonly value: Value } | null;

const reference = /\$\{([a-zA-Z_]\w*)\}|\$([a-zA-Z_]\w*)/g;

/** Names of the variables that an expression looks at. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "static":
      return [...expression.text.matchAll(reference)].map(([, braced, bare]) => braced ?? bare ?? "");
    case "list":
      return expression.items.flatMap(namesIn);
    case "record":
      return [...expression.named.values()].flatMap(namesIn);
    case "call": {
      const [first] = expression.args;
      const own = expression.name === "ref" && first?.kind === "static" ? [first.text] : [];
      return [
        ...own,
        ...expression.args.flatMap(namesIn),
        ...[...expression.named.values()].flatMap(namesIn),
      ];
    }
  }
}

/** undefined where nobody can tell from here. */
export function isTrue(expression: Expression, surroundings: Surroundings): boolean | undefined {
  const result = evaluate(expression, surroundings);
  return result === null ? undefined : truth(result.value);
}

/** What an expression comes to, as text; undefined where nobody can tell, and where it is nothing. */
export function textOf(expression: Expression, surroundings: Surroundings): string | undefined {
  const value = evaluate(expression, surroundings)?.value;
  return value === undefined ? undefined : String(value);
}

const truth = (value: Value): boolean =>
  value !== undefined && value !== false && value !== "false" && value !== "" && value !== 0 && value !== "0";

function evaluate(expression: Expression, around: Surroundings): Result {
  if (expression.kind === "static") return { value: filled(expression, around.values) };
  if (expression.kind !== "call") return null;
  const call = calls[expression.name];
  return call === undefined ? null : call(expression, around);
}

function filled(expression: Expression & { kind: "static" }, values: Values): Value {
  const { value, text } = expression;
  if (typeof value !== "string" || !text.includes("$")) return value;
  const whole = /^\$(?:\{([a-zA-Z_]\w*)\}|([a-zA-Z_]\w*))$/.exec(text);
  if (whole !== null) return values(whole[1] ?? whole[2] ?? "");
  return text.replace(reference, (_, braced?: string, bare?: string) => values(braced ?? bare ?? "") ?? "");
}

type Call = (call: Expression & { kind: "call" }, around: Surroundings) => Result;

/** As text: a schema's `3000` and an environment's `"3000"` are the same. */
const same = (a: Value, b: Value): boolean => String(a ?? "") === String(b ?? "");

const one =
  (judge: (value: Value) => Value): Call =>
  ({ args: [first] }, around) => {
    const result = first === undefined ? null : evaluate(first, around);
    return result === null ? null : { value: judge(result.value) };
  };

const calls: Readonly<Record<string, Call>> = {
  ref: ({ args: [first] }, { values }) =>
    first?.kind === "static" ? { value: values(first.text.replace(/^\$/, "")) } : null,
  not: one((value) => !truth(value)),
  isEmpty: one((value) => value === undefined || value === ""),
  eq: ({ args: [first, second] }, around) => {
    const a = first === undefined ? null : evaluate(first, around);
    const b = second === undefined ? null : evaluate(second, around);
    return a === null || b === null ? null : { value: same(a.value, b.value) };
  },
  if: ({ args: [condition, then, otherwise] }, around) => {
    const holds = condition === undefined ? null : evaluate(condition, around);
    if (holds === null) return null;
    if (then === undefined) return { value: truth(holds.value) };
    const chosen = truth(holds.value) ? then : otherwise;
    return chosen === undefined ? { value: undefined } : evaluate(chosen, around);
  },
  forEnv: ({ args }, around) => {
    if (around.currentEnv === undefined) return null;
    const names = args.map((arg) => evaluate(arg, around));
    if (names.some((name) => name === null)) return null;
    return { value: names.some((name) => same(name?.value, around.currentEnv)) };
  },
  fallback: ({ args }, around) => {
    for (const arg of args) {
      const result = evaluate(arg, around);
      if (result === null || (result.value !== undefined && result.value !== "")) return result;
    }
    return { value: undefined };
  },
  remap: ({ args: [first], named }, around) => {
    const result = first === undefined ? null : evaluate(first, around);
    if (result === null) return null;
    for (const [to, from] of named) {
      const wanted = evaluate(from, around);
      if (wanted === null) return null;
      if (same(wanted.value, result.value))
        return { value: to === "true" ? true : to === "false" ? false : to };
    }
    return result;
  },
  concat: ({ args }, around) => {
    const parts = args.map((arg) => evaluate(arg, around));
    return parts.some((part) => part === null)
      ? null
      : { value: parts.map((part) => String(part?.value ?? "")).join("") };
  },
};
