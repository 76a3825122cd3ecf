/** Keeps the picture of a running rollout that clients see, and tells of each move. */
import type { Rollout, RolloutStep, StepState } from "../../core/protocol/words.ts";
import { describePlan, type ExecutablePlan } from "./rollout-plan.ts";

export interface StepMove {
  readonly rollout: Rollout;
  readonly phase: number;
  readonly step: RolloutStep;
}

/** Owns one Rollout value; every move replaces the values that changed, so that earlier ones stay as they were. */
export class Progress {
  #rollout: Rollout;
  readonly #onMove: (move: StepMove) => void;
  readonly #hide: (text: string) => string;
  readonly #now: () => number;

  constructor(
    id: string,
    revision: number,
    plan: ExecutablePlan,
    onMove: (move: StepMove) => void,
    hide: (text: string) => string,
    now: () => number = Date.now,
  ) {
    this.#onMove = onMove;
    this.#hide = hide;
    this.#now = now;
    this.#rollout = {
      id,
      revision,
      startedAt: new Date(now()).toISOString(),
      phases: describePlan(plan).phases.map(({ steps }) => ({
        // Lines of files are for whoever asks for a plan; they are in no event.
        steps: steps.map(({ evidence: _, ...step }) => ({ ...step, state: "pending" as const })),
      })),
    };
  }

  get rollout(): Rollout {
    return this.#rollout;
  }

  /** @param said goes to clients and into the history: secrets in it are hidden here */
  move(phase: number, service: string, state: StepState, said?: string): void {
    const detail = said === undefined ? undefined : this.#hide(said);
    let moved: RolloutStep | undefined;
    const phases = this.#rollout.phases.map(({ steps }, index) => ({
      steps: steps.map((step) => {
        if (index !== phase || step.service !== service || (step.state === state && step.detail === detail))
          return step;
        const at = new Date(this.#now()).toISOString();
        const startedAt = step.startedAt ?? at;
        const ended = state === "healthy" || state === "failed" || state === "rolled-back";
        moved = {
          ...step,
          state,
          startedAt,
          trail: step.state === state ? step.trail : [...(step.trail ?? []), { state, at }],
          ...(ended ? { durationMs: Math.max(0, this.#now() - Date.parse(startedAt)) } : {}),
          ...(detail === undefined ? {} : { detail }),
        };
        return moved;
      }),
    }));
    if (moved === undefined) return;
    this.#rollout = { ...this.#rollout, phases };
    this.#onMove({ rollout: this.#rollout, phase, step: moved });
  }

  /** @param said why, whose fault it was, and the last lines of its log; secrets in them are hidden here */
  end(
    verdict: NonNullable<Rollout["verdict"]>,
    said: {
      readonly reason?: string;
      readonly service?: string | undefined;
      readonly log?: readonly string[];
    },
  ): Rollout {
    const { reason, service, log = [] } = said;
    this.#rollout = {
      ...this.#rollout,
      endedAt: new Date(this.#now()).toISOString(),
      verdict,
      ...(reason === undefined ? {} : { reason: this.#hide(reason) }),
      ...(service === undefined ? {} : { failed: service }),
      ...(log.length === 0 ? {} : { log: log.map(this.#hide) }),
    };
    return this.#rollout;
  }
}
