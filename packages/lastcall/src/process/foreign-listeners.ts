import type { Warning } from "../core/warning.ts";
import { locationOf } from "./function-location.ts";

/** The source of a function that ends the process. */
const ENDS = /\bprocess\s*\.\s*(exit|reallyExit|abort)\s*\(|\bprocess\s*\.\s*kill\s*\(\s*process\s*\.\s*pid\b/;

/** One that looks whether it is alone first (signal-exit) leaves the ending to us. */
const LOOKS = /\blistener(s|Count)\s*\(/;

/**
 * Listeners of others that end the process at a signal, before anything is finished, as far as their own source shows it:
 * one that calls another function, or is bound, looks as innocent as any.
 */
export function listenerWarnings(): Warning[] {
	const signalsOf = new Map<NodeJS.SignalsListener, string[]>();
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		for (const listener of process.listeners(signal)) {
			const source = Function.prototype.toString.call(listener);
			if (!ENDS.test(source) || LOOKS.test(source)) continue;
			signalsOf.set(listener, [...(signalsOf.get(listener) ?? []), signal]);
		}
	}
	return [...signalsOf].map(([listener, signals]) => {
		const who = [listener.name || "a function", locationOf(listener)].filter(Boolean).join(" at ");
		const message =
			`${signals.join(" and ")}: ${who} ends the process by itself, whatever is in flight; ` +
			"remove that listener, or let it leave the ending to lastcall";
		return { code: "listener", message };
	});
}
