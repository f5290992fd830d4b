import type { SignalReason } from "#src/core/stop-signal.js";

export const SIGTERM: SignalReason = { kind: "signal", signal: "SIGTERM", number: 15, interactive: false };
export const SIGINT: SignalReason = { kind: "signal", signal: "SIGINT", number: 2, interactive: false };
/** The SIGINT of Ctrl+C at a terminal. */
export const CTRL_C: SignalReason = { ...SIGINT, interactive: true };
