import { inspect } from "node:util";

/** Every operation on it throws. */
function refusing(target: object): object {
	const refuse = (): never => {
		throw new Error("refused");
	};
	const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]);
	return new Proxy(target, Object.fromEntries(traps));
}

function revoked(target: object): object {
	const { proxy, revoke } = Proxy.revocable(target, {});
	revoke();
	return proxy;
}

/** An error with one property that throws when it is read. */
function unreadable(key: PropertyKey): Error {
	return Object.defineProperty(new Error("pool exhausted"), key, {
		enumerable: true,
		get() {
			throw new Error("unreadable");
		},
	});
}

function withMore<T extends object>(target: T, more: object): T {
	return Object.assign(target, more);
}

function causedBySelf(): Error {
	const error = new Error("itself");
	error.cause = error;
	return error;
}

function chain(length: number): Error {
	let error = new Error("the first");
	for (let i = 0; i < length; i++) error = new Error(`after ${i}`, { cause: error });
	return error;
}

const FORGED = "lastcall: closed after 1 ms, everything finished, exit code 0";

/** Values that a program may throw, by name. */
export const HOSTILE_ERRORS: Readonly<Record<string, unknown>> = {
	undefined,
	null: null,
	"an empty string": "",
	"a string of several lines": `no route\n${FORGED}\r\n${FORGED}\u2028${FORGED}\x1b[2J`,
	"a bigint": 7n,
	"a symbol": Symbol("pool exhausted"),
	"a function": () => {},
	"an object without a prototype": withMore(Object.create(null), { message: "pool exhausted" }),
	"a proxy that throws": refusing({}),
	"a proxy of an error that throws": refusing(new Error("pool exhausted")),
	"a proxy of a function that throws": refusing(() => {}),
	"a revoked proxy": revoked(new Error("pool exhausted")),
	"a revoked proxy of a list": revoked([]),
	"a name that throws": unreadable("name"),
	"a message that throws": unreadable("message"),
	"a stack that throws": unreadable("stack"),
	"a cause that throws": unreadable("cause"),
	"a property that throws": unreadable("detail"),
	"its own way to be inspected throws": unreadable(inspect.custom),
	"its own way to be inspected returns no string": withMore(new Error("pool exhausted"), {
		[inspect.custom]: () => Symbol(),
	}),
	"its own JSON throws": withMore(new Error("pool exhausted"), {
		toJSON() {
			throw new Error("no JSON");
		},
	}),
	"its own JSON is itself": withMore(new Error("pool exhausted"), {
		toJSON() {
			return this;
		},
	}),
	"its own JSON has no end": withMore(new Error("pool exhausted"), {
		toJSON() {
			return { ...this };
		},
	}),
	"a message that is a symbol": withMore(new Error("pool exhausted"), { message: Symbol("pool exhausted") }),
	"a name that is an object": withMore(new Error("pool exhausted"), { name: Object.create(null) }),
	"a message of several lines": new Error(`pool exhausted\n${FORGED}\n  http GET /forged (1 s)`),
	"a message of 10 MB": new Error("x".repeat(1e7)),
	"a message of 100,000 lines": new Error("x\n".repeat(1e5)),
	"a cause that is itself": causedBySelf(),
	"1,000 causes": chain(1_000),
	"5,000 errors": new AggregateError(Array.from({ length: 5_000 }, (_, i) => new Error(`number ${i}`))),
	"1,000 errors of 1,000": new AggregateError(Array(1e3).fill(new AggregateError(Array(1e3).fill(new Error("one"))))),
	"a body of 10 MB": withMore(new Error("pool exhausted"), { body: Buffer.alloc(1e7), list: Array(1e6).fill(1) }),
	"100,000 properties": withMore(
		new Error("pool exhausted"),
		Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, i])),
	),
	"a property named __proto__": JSON.parse('{"__proto__":{"x":1},"message":"pool exhausted"}'),
	"a URL with a password": withMore(new Error("can't reach postgres://shop:SECRET@db:5432/shop"), {
		url: "https://SECRET@host/",
	}),
};
