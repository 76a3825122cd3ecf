/** Handed on to a process that gets an environment of its own: see test/run.ts. */
export const compileCache: Readonly<NodeJS.ProcessEnv> =
  process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };
