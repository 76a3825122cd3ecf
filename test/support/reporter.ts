/** Mocha's reporter of the test command: readable lines on the terminal, and JSON in the file of HOTENV_RESULT. */
import Mocha from "mocha";

const { Dot, JSON: Json, Spec } = Mocha.reporters;

/** A thousand fast tests are dots; HOTENV_REPORT=spec asks for their names. */
const Readable = process.env.HOTENV_REPORT === "dot" ? Dot : Spec;

export default class Reporter extends Readable {
  readonly json: Mocha.reporters.Base | undefined;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const output = process.env.HOTENV_RESULT;
    // The types know it by its former name only.
    const withFile = { ...options, reporterOption: { output } };
    if (output !== undefined) this.json = new Json(runner, withFile);
  }
}
