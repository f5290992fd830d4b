import * as v from "valibot";
import { quote, UsageError } from "./usage-error.ts";

/**
 * Reads a value with a schema. Throws a `UsageError` that names the option as the user wrote it, what was wanted and what was
 * given.
 */
export function readValue<Schema extends v.GenericSchema>(
	name: string,
	schema: Schema,
	given: unknown,
): v.InferOutput<Schema> {
	const result = v.safeParse(schema, given, { abortPipeEarly: true });
	if (result.success) return result.output;
	const { message, path } = deepest(result.issues[0]);
	const part = path.at(-1);
	const got = message.startsWith("wanted") ? `, got ${quote(part === undefined ? given : part.value)}` : "";
	throw new UsageError(`${name}${setting(part)}: ${message}${got}`);
}

/** What is wrong, and where in the value. */
interface Fault {
	readonly message: string;
	readonly path: readonly v.IssuePathItem[];
}

/** If a value can have one of several forms, returns the fault of the form that it matches furthest. */
function deepest(issue: v.BaseIssue<unknown>): Fault {
	const { message, path = [] as const } = issue;
	const [inner] = (issue.issues ?? []).map(deepest).sort((a, b) => b.path.length - a.path.length);
	return inner !== undefined && inner.path.length > 0
		? { message: inner.message, path: [...path, ...inner.path] }
		: { message, path };
}

/** ` pausing,connections` for a setting of a load. */
function setting(part: v.IssuePathItem | undefined): string {
	if (part?.type !== "object" || part.origin !== "value" || part.key === "kind") return "";
	return "kind" in part.input ? ` ${part.input.kind},${part.key}` : "";
}
