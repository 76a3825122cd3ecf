/** A status kept current by the events that follow it. */
import type { AgentEvent } from "../core/protocol/messages.ts";
import type { Rollout, RolloutStep, Status } from "../core/protocol/words.ts";

/** The status after an event. The same object where the event says nothing about it. */
export function follow(status: Status, event: AgentEvent): Status {
  switch (event.type) {
    case "status_update":
      return event.data;
    case "health_update": {
      const known = status.services.some((service) => service.service === event.data.service);
      return {
        ...status,
        services: known
          ? status.services.map((service) => (service.service === event.data.service ? event.data : service))
          : [...status.services, event.data],
      };
    }
    case "restart_progress": {
      const { rollout: id, phase, step } = event.data;
      if (status.rollout?.id !== id || step === undefined) return status;
      return { ...status, rollout: withStep(status.rollout, phase, step) };
    }
    case "restart_completed":
      return { ...status, rollout: event.data.rollout };
    default:
      return status;
  }
}

/** A service may have a step in more than one phase; without `phase` its every step is meant. */
function withStep(rollout: Rollout, phase: number | undefined, step: RolloutStep): Rollout {
  return {
    ...rollout,
    phases: rollout.phases.map((each, index) =>
      phase !== undefined && phase !== index
        ? each
        : { steps: each.steps.map((old) => (old.service === step.service ? step : old)) },
    ),
  };
}
