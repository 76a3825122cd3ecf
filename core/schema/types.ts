/** The data types of @env-spec: what a value must look like. Values are texts, as a reader gives them. */
import { listOf, t } from "../l10n.ts";

export type OptionValue = string | number | boolean | readonly OptionValue[];
export type Options = Readonly<Record<string, OptionValue | undefined>>;

export interface TypeSpec {
  readonly name: string;
  /** Positional arguments: the members of an enum, the element type of an array. */
  readonly args: readonly (OptionValue | TypeSpec)[];
  readonly options: Options;
}

/** A sentence that says what the value must be; undefined where it is that. */
type Check = (value: string, spec: TypeSpec) => string | undefined;

interface DataType {
  readonly check: Check;
  readonly options: readonly string[];
}

const number = (value: OptionValue | undefined): number | undefined =>
  typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : undefined;

const list = (value: OptionValue | undefined): readonly string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);

/** `/pattern/flags`, or a pattern alone. An unreadable pattern matches everything: the schema is to blame. */
function toRegExp(value: OptionValue | undefined): RegExp | undefined {
  if (typeof value !== "string") return undefined;
  const literal = /^\/(.+)\/([a-z]*)$/s.exec(value);
  try {
    return literal?.[1] === undefined ? new RegExp(value) : new RegExp(literal[1], literal[2]);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type Sentence = (bound: number | string) => string;

const bounds = (
  amount: number,
  min: OptionValue | undefined,
  max: OptionValue | undefined,
  [atLeast, atMost]: readonly [atLeast: Sentence, atMost: Sentence],
): string | undefined => {
  const low = number(min);
  const high = number(max);
  if (low !== undefined && amount < low) return atLeast(low);
  if (high !== undefined && amount > high) return atMost(high);
  return undefined;
};

const pattern = (value: string, matches: OptionValue | undefined): string | undefined => {
  const regexp = toRegExp(matches);
  return regexp === undefined || regexp.test(value)
    ? undefined
    : t("The value must match {0}.", String(matches));
};

const string: Check = (value, { options }) => {
  const exact = number(options.isLength);
  const { startsWith, endsWith } = options;
  const length = [...value].length;
  if (exact !== undefined && length !== exact) return t("The value must be {0} characters long.", exact);
  if (typeof startsWith === "string" && !value.startsWith(startsWith))
    return t("The value must start with `{0}`.", startsWith);
  if (typeof endsWith === "string" && !value.endsWith(endsWith))
    return t("The value must end with `{0}`.", endsWith);
  return (
    bounds(length, options.minLength, options.maxLength, [
      (low) => t("The value's length must be at least {0}.", low),
      (high) => t("The value's length must be at most {0}.", high),
    ]) ?? pattern(value, options.matches)
  );
};

const isNumber = (value: string): boolean => value.trim() !== "" && Number.isFinite(Number(value));

const numeric: Check = (value, { options }) => {
  if (!isNumber(value)) return t("The value must be a number.");
  const amount = Number(value);
  const divisor = number(options.isDivisibleBy);
  if (options.isInt === true && !Number.isInteger(amount)) return t("The value must be a whole number.");
  if (divisor !== undefined && amount % divisor !== 0)
    return t("The value must be divisible by {0}.", divisor);
  return options.coerceToMinMaxRange === true
    ? undefined
    : bounds(amount, options.min, options.max, [
        (low) => t("The value must be at least {0}.", low),
        (high) => t("The value must be at most {0}.", high),
      ]);
};

const truths = ["t", "true", "yes", "on", "1"];
const untruths = ["f", "false", "no", "off", "0"];

const url: Check = (value, { options }) => {
  const full = options.prependHttps === true && !value.includes("://") ? `https://${value}` : value;
  if (!URL.canParse(full)) return t("The value must be a URL, with its protocol.");
  const { protocol, hostname, host } = new URL(full);
  const protocols = list(options.allowedProtocols).map((name) => name.toLowerCase().replace(/:$/, ""));
  if (protocols.length > 0 && !protocols.includes(protocol.slice(0, -1)))
    return t("The URL's protocol must be one of {0}.", listOf(protocols));
  const domains = list(options.allowedDomains).map((name) => name.toLowerCase());
  if (
    domains.length > 0 &&
    !domains.includes(hostname.toLowerCase()) &&
    !domains.includes(host.toLowerCase())
  )
    return t("The URL's host must be one of {0}.", listOf(domains));
  if (options.noTrailingSlash === true && value.endsWith("/")) return t("The URL must not end with a slash.");
  return pattern(value, options.matches);
};

const enumeration: Check = (value, { args }) => {
  const members = args.filter((member) => typeof member !== "object").map(String);
  return members.includes(value) ? undefined : t("The value must be one of {0}.", listOf(members));
};

const port: Check = (value, { options }) => {
  const amount = Number(value);
  if (!/^\d+$/.test(value) || amount > 65_535)
    return t("The value must be a port: a whole number from 0 to 65535.");
  return bounds(amount, options.min, options.max, [
    (low) => t("The port must be at least {0}.", low),
    (high) => t("The port must be at most {0}.", high),
  ]);
};

const isIp4 = (value: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value) &&
  value.split(".").every((part) => Number(part) < 256 && String(Number(part)) === part);

/** The URL parser knows every way to write an IPv6 address. */
const isIp6 = (value: string): boolean => value.includes(":") && URL.canParse(`http://[${value}]/`);

const ip: Check = (value, { options }) => {
  const version = number(options.version);
  if ((version !== 6 && isIp4(value)) || (version !== 4 && isIp6(value))) return undefined;
  return version === undefined
    ? t("The value must be an IP address.")
    : t("The value must be an IPv{0} address.", version);
};

const matching =
  (regexp: RegExp, say: () => string): Check =>
  (value) =>
    regexp.test(value) ? undefined : say();

const isoDate: Check = (value) =>
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(value) &&
  !Number.isNaN(Date.parse(value))
    ? undefined
    : t("The value must be a date as ISO 8601 writes it: 2024-03-20 or 2024-03-20T15:30:00Z.");

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** In milliseconds; undefined for what is no duration. */
export function parseDuration(value: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim());
  if (match === null) return undefined;
  const word = match[2]?.toLowerCase() ?? "";
  const unit = /^(?:ms|msecs?|milliseconds?)?$/.test(word)
    ? "ms"
    : /^(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/.test(word)
      ? word[0]
      : undefined;
  const factor = unit === undefined ? undefined : unitMs[unit];
  return factor === undefined ? undefined : Number(match[1]) * factor;
}

const duration: Check = (value, { options }) => {
  const amount = parseDuration(value);
  if (amount === undefined) return t("The value must be a duration, such as 500ms, 30s or 2days.");
  const low = parseDuration(String(options.min ?? ""));
  const high = parseDuration(String(options.max ?? ""));
  if (low !== undefined && amount < low) return t("The duration must be at least {0}.", String(options.min));
  if (high !== undefined && amount > high) return t("The duration must be at most {0}.", String(options.max));
  return undefined;
};

function fromJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const object: Check = (value) => {
  const parsed = fromJson(value);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? undefined
    : t("The value must be a JSON object.");
};

const array: Check = (value, { args, options }) => {
  const separator = typeof options.separator === "string" ? options.separator : ",";
  const parsed = value.trim().startsWith("[") ? fromJson(value) : undefined;
  const elements = Array.isArray(parsed)
    ? parsed.map(String)
    : value.split(separator).map((element) => element.trim());
  const exact = number(options.isLength);
  if (exact !== undefined && elements.length !== exact) return t("The list must have {0} elements.", exact);
  if (options.unique === true && new Set(elements).size < elements.length)
    return t("The list's elements must differ.");
  const first = args[0];
  const element =
    typeof first === "object" && "name" in first
      ? first
      : { name: String(first ?? "string"), args: [], options: {} };
  for (const [index, text] of elements.entries()) {
    const message = checkType(text, element);
    if (message !== undefined) return t("Element {0}: {1}", index + 1, message);
  }
  return bounds(elements.length, options.minLength, options.maxLength, [
    (low) => t("The list's length must be at least {0}.", low),
    (high) => t("The list's length must be at most {0}.", high),
  ]);
};

const textOptions = [
  "minLength",
  "maxLength",
  "isLength",
  "startsWith",
  "endsWith",
  "matches",
  "toUpperCase",
  "toLowerCase",
  "allowEmpty",
];

export const dataTypes: Readonly<Record<string, DataType>> = {
  string: { check: string, options: textOptions },
  number: {
    check: numeric,
    options: ["min", "max", "coerceToMinMaxRange", "isDivisibleBy", "isInt", "precision"],
  },
  boolean: {
    check: (value) =>
      [...truths, ...untruths].includes(value.toLowerCase())
        ? undefined
        : t("The value must be a boolean: true, t, yes, on, 1, or false, f, no, off, 0."),
    options: [],
  },
  url: {
    check: url,
    options: ["prependHttps", "allowedProtocols", "allowedDomains", "noTrailingSlash", "matches"],
  },
  enum: { check: enumeration, options: [] },
  email: {
    check: matching(/^[^\s@]+@[^\s@]+\.[^\s@.]+$/, () => t("The value must be an email address.")),
    options: ["normalize"],
  },
  port: { check: port, options: ["min", "max"] },
  ip: { check: ip, options: ["version", "normalize"] },
  semver: {
    check: matching(
      /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/,
      () => t("The value must be a semantic version, such as 1.2.3."),
    ),
    options: [],
  },
  isoDate: { check: isoDate, options: [] },
  uuid: {
    check: matching(
      /^(?:[\da-f]{8}-[\da-f]{4}-[1-5][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}|0{8}(?:-0{4}){3}-0{12})$/i,
      () => t("The value must be a UUID."),
    ),
    options: [],
  },
  md5: {
    check: matching(/^[\da-f]{32}$/i, () => t("The value must be an MD5 hash: 32 hexadecimal digits.")),
    options: [],
  },
  duration: { check: duration, options: ["output", "min", "max"] },
  "simple-object": { check: object, options: [] },
  array: { check: array, options: ["separator", "format", "minLength", "maxLength", "isLength", "unique"] },
};

/** A sentence where the value breaks its type. Types that nobody knows accept everything. */
export function checkType(value: string, spec: TypeSpec): string | undefined {
  return dataTypes[spec.name]?.check(value, spec);
}
