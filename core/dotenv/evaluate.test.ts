import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { lookupIn } from "../interpolate/fill.ts";
import { parseDotenv } from "./document.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";

const lookup = lookupIn({ HOME: "/root", EMPTY: "" });
const read = (text: string): Evaluation => evaluate(parseDotenv(text), lookup);

/** Each problem as `kind "text it is at"`. */
const told = (text: string): string[] =>
  read(text).problems.map(
    ({ kind, range }) => `${kind} ${JSON.stringify(text.slice(range.start, range.end))}`,
  );

describe("evaluation", () => {
  it("says where each value comes from", () => {
    const { variables } = read("A=1\nB=$A $HOME ${EMPTY:-x} $NOPE\nHOME\nC=plain\n");
    assert.deepEqual(
      variables.get("B")?.provenance.references.map(({ name, origin }) => [name, origin]),
      [
        ["A", "file"],
        ["HOME", "shell"],
        ["EMPTY", "default"],
        ["NOPE", "blank"],
      ],
    );
    assert.equal(variables.get("HOME")?.provenance.from, "shell");
    assert.deepEqual(variables.get("C")?.provenance, { from: "file", references: [] });
  });

  it("names the entry that has the last word", () => {
    const { variables } = read("A=1\nA=2\n");
    assert.equal(variables.get("A")?.entry.start, 4);
  });

  it("puts the environment before the file in references, not in results", () => {
    const { variables } = read("HOME=here\nA=$HOME\n");
    assert.equal(variables.get("HOME")?.value, "here");
    assert.equal(variables.get("A")?.value, "/root");
  });

  it("tells forward, self and undefined references apart", () => {
    const [forward, self, undefinedName] = read("A=$B\nB=1\nC=${C}x\nD=$NOPE\n").problems;
    assert.ok(forward?.kind === "blank" && forward.later?.start === 5 && !forward.self);
    assert.ok(self?.kind === "blank" && self.self && self.later === undefined);
    assert.ok(undefinedName?.kind === "blank" && !undefinedName.self && undefinedName.later === undefined);
  });

  it("knows no blank self-reference where an earlier value exists", () => {
    assert.deepEqual(told("A=1\nA=${A}2\n"), []);
    assert.equal(read("A=1\nA=${A}2\n").variables.get("A")?.value, "12");
  });

  it("reports what is in arguments, used or not, as Compose does", () => {
    assert.deepEqual(told("A=${HOME:-$NOPE}\n"), ['blank "$NOPE"']);
    assert.deepEqual(told("A=${NOPE:?set ${HOME}}\n"), ['required "${NOPE:?set ${HOME}}"']);
  });

  it("reports every problem, where Compose stops at the first", () => {
    const text = 'A=${1}\nB=${NOPE?}\nC D=1\nE="open\n';
    assert.deepEqual(told(text), [
      'syntax "${1}"',
      'required "${NOPE?}"',
      'syntax "C D"',
      'syntax "\\"open"',
    ]);
    assert.equal(read(text).refused, true);
  });

  it("still reads what is readable in a file that Compose refuses", () => {
    assert.equal(read("A=1\nB=${1}\nC=$A\n").variables.get("C")?.value, "1");
  });

  it("does not take keys of Object's prototype for variables", () => {
    const { variables } = read("A=${constructor}\n__proto__=1\nB=${__proto__}\n");
    assert.equal(variables.get("A")?.value, "");
    assert.equal(variables.get("B")?.value, "1");
  });
});
