import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseDotenv } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { schemaFrom } from "./create.ts";
import { checkValues, parseSchema } from "./schema.ts";

const text = `# Everything about the shop.

# What the api greets with.
GREETING=hello
WORKERS=2
DEBUG=true
API_PORT=8080
URL=https://example.test/x
DB_PASSWORD=123456
# OLD=1
EMPTY=
REFERS=\${API_PORT}
mail=ann@example.test
GREETING=again
`;

describe("a schema made from a .env file", () => {
  const made = schemaFrom(parseDotenv(text));

  it("has each key once, with its comment, a type that its value has, and no value", () => {
    assert.equal(
      made,
      `# What the values in .env have to be: one block for each key, its decorators above it.
# @defaultRequired=true
# ---

# What the api greets with.
GREETING=

# @type=number
WORKERS=

# @type=boolean
DEBUG=

# @type=port
API_PORT=

# @type=url
URL=

# @sensitive
DB_PASSWORD=

# @optional
EMPTY=

REFERS=

# @type=email
mail=
`,
    );
  });

  it("is a schema without problems, and the file that it was made from agrees with it", () => {
    const schema = parseSchema(made);
    assert.deepEqual(schema.problems, []);
    const { variables } = evaluate(parseDotenv(text), () => undefined);
    assert.deepEqual(checkValues(schema, variables), []);
  });
});
