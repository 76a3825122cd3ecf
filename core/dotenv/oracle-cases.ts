/** Files on which the readers must agree with their originals: the facts, and every counterexample found. */

const shared = [
  "A=x#y\n",
  "A=x\t#y\n",
  "A= # note\n",
  "A=`x y`\n",
  "A='it\\'s'\n",
  'A="a\\"b"\n',
  'A="a\\tb\\a\\b\\f\\n\\r\\v\\\\\\0101\\x41\\u0041"\n',
  "B=1\nA=$B\n",
  "B=1\nA='$B'\n",
  "B=1\nA=$$B\n",
  'B=1\nA="\\$B"\nC=x\\$B\n',
  "A=pa$1\nB=pass$\n",
  "A=pa${ss\n",
  "A=${1}\n",
  "A=${A.B}\n",
  'A="x"junk\n',
  'A="x" B=2\n',
  'A="x\nB=1\n',
  "SHELL_A\nNOWHERE\n",
  "A=1\nKEY",
  "A B=1\n",
  "A/B=1\n",
  "a[0]=1\nárv=2\n",
  'A="1\r\n2"\r\nB=3\r\n',
  "\uFEFFA=1\nexport B=2\nC: 3\nA=4\n",
  "A=$B\nB=1\n",
  "A=1\nA=${A}2\n",
  "A=${NOWHERE:-x${SHELL_A:+y}z}\nB=${SHELL_EMPTY:-d}${SHELL_EMPTY-e}\n",
  "A=${NOWHERE:?set it}\n",
  "A=${NOWHERE:-{}} ${SHELL_A:-{x}} y}\n",
  "A=${NOWHERE:-a} and ${NOWHERE-b}}\n",
  'A="${NOWHERE:-a\nb}"\n',
  "export\nA=1\n",
  "export ",
  "=x\n",
  "A",
  "A # note\n",
  "A\tB=1\n",
  "export=1\n",
  "",
] as const;

export const composeCases: readonly string[] = [...shared];

export const dotenvCases: readonly string[] = [
  ...shared,
  "A=\n'x'\n",
  "A\n=1\n",
  "A:\r\n1\n",
  "A='a' b'\n",
  "A='a\\' # c\n",
  'A="unclosed\\nB\n',
  "A=x\u2028B=1\n",
  "# c\u2028A=1\n",
];

export const rawCases: readonly string[] = [
  ...shared,
  "A = 1\n",
  "  A=1 \r\n\tB='2' # c\n",
  "\uFEFF\uFEFFA=1\n",
  `A=${"x".repeat(65_533)}\n`,
  `A=${"x".repeat(65_534)}\n`,
  `A=${"é".repeat(32_767)}\n`,
];

/** As a project's own `.env`. */
export const projectCases: readonly string[] = [
  ...shared,
  'A="\\0000"\n',
  'SHELL_A="\\0000"\n',
  "KEY",
  "\uFEFF ='x'\r",
];
