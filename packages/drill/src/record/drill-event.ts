import type { RoundReport } from "./drill-report.ts";
import type { Tally } from "./outcome.ts";

/** An event of a drill, for progress displays. */
export type DrillEvent =
	| { readonly type: "starting"; readonly round: number }
	| { readonly type: "up"; readonly round: number; readonly url: string }
	/** A connection is left idle for as long as the load balancer would keep it open. */
	| { readonly type: "idling"; readonly round: number; readonly forMs: number }
	/** The loads have been started. `tally` counts the requests that have an outcome so far. */
	| { readonly type: "loading"; readonly round: number; readonly tally: () => Tally }
	| { readonly type: "stopping"; readonly round: number; readonly by: string }
	| { readonly type: "ended"; readonly round: number }
	| { readonly type: "round"; readonly report: RoundReport };

/** Called synchronously with every event. */
export type DrillListener = (event: DrillEvent) => void;
