/**
 * Everything that package.json's `contributes` and this code must agree on, in one place; a test compares
 * the two.
 */

export const commands = {
  rollbackConfig: "hotenv.rollbackConfig",
  confirmRollback: "hotenv.confirmRollback",
  cancelRollback: "hotenv.cancelRollback",
  showTimeline: "hotenv.showTimeline",
  applyNow: "hotenv.applyNow",
  pause: "hotenv.pause",
  resume: "hotenv.resume",
  showLog: "hotenv.showLog",
  restartAgent: "hotenv.restartAgent",
  /** What makes sense now, to choose from: a click on the status bar. */
  showMenu: "hotenv.showMenu",
  startProject: "hotenv.startProject",
  showServices: "hotenv.showServices",
  startService: "hotenv.startService",
  stopService: "hotenv.stopService",
  restartService: "hotenv.restartService",
  reloadService: "hotenv.reloadService",
  verifyService: "hotenv.verifyService",
  disableService: "hotenv.disableService",
  enableService: "hotenv.enableService",
  cancelRollout: "hotenv.cancelRollout",
  showServiceLog: "hotenv.showServiceLog",
  openServiceShell: "hotenv.openServiceShell",
  openForm: "hotenv.openForm",
  createSchema: "hotenv.createSchema",
  createSettings: "hotenv.createSettings",
  previewImpact: "hotenv.previewImpact",
  hideImpact: "hotenv.hideImpact",
  copyReport: "hotenv.copyReport",
  applyWaiting: "hotenv.applyWaiting",
  dismissWaiting: "hotenv.dismissWaiting",
  toggleSecretMasking: "hotenv.toggleSecretMasking",
  compareRevisions: "hotenv.compareRevisions",
  rollBackKey: "hotenv.rollBackKey",
  showKeyHistory: "hotenv.showKeyHistory",
  annotateRevision: "hotenv.annotateRevision",
  exportHistory: "hotenv.exportHistory",
  importHistory: "hotenv.importHistory",
  pruneHistory: "hotenv.pruneHistory",
  backUpHistory: "hotenv.backUpHistory",
  restoreHistory: "hotenv.restoreHistory",
  changeHistoryKey: "hotenv.changeHistoryKey",
} as const;
export type Command = (typeof commands)[keyof typeof commands];

export const settings = {
  /** Stands in for the user's state directory; empty: the platform's own. */
  stateDirectory: "hotenv.stateDirectory",
  /** Whether opening a project starts its agent. */
  autoStart: "hotenv.agent.autoStart",
  /** Where the key of the histories is: `file` or `secretStorage`. */
  historyKey: "hotenv.history.key",
  /** Severities of diagnostics, by their codes. */
  severity: "hotenv.diagnostics.severity",
  /** Whether Hotenv is a formatter of .env files. */
  format: "hotenv.format.enable",
  /** Whether secrets are hidden in the editor itself. */
  maskSecrets: "hotenv.maskSecrets",
  /** Whether a failure that nobody asked about is told in a notification. */
  notifications: "hotenv.notifications",
} as const;
export type Setting = (typeof settings)[keyof typeof settings];

/** What `when` clauses ask for. */
export const contextKeys = {
  /** A folder of this window is a project, and the window may run its agent. */
  hasProject: "hotenv.hasProject",
  /** Some project applies changes, so that it can be paused. */
  canPause: "hotenv.canPause",
  /** Some project is paused. */
  canResume: "hotenv.canResume",
  /** A rollback waits for a yes or a no. */
  asksRollback: "hotenv.asksRollback",
  /** The tree of what an edit would do is shown. */
  previewsImpact: "hotenv.previewsImpact",
  /** A change waits for a yes or a no. */
  waits: "hotenv.waits",
} as const;
export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

export const statusItemId = "hotenv.status";
export const servicesViewId = "hotenv.services";
export const formViewType = "hotenv.form";
export const impactViewId = "hotenv.impact";
export const timelineViewType = "hotenv.timeline";
/** Of the documents that show a revision's file. */
export const diffScheme = "hotenv";
