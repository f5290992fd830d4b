import { describe } from "node:test";
import { acceptQueue } from "./contract/accept-queue.ts";
import { beforeServe } from "./contract/before-serve.ts";
import { behindClose } from "./contract/behind-close.ts";
import { deadline } from "./contract/deadline.ts";
import { eventStreams } from "./contract/event-streams.ts";
import { headers } from "./contract/headers.ts";
import { idle } from "./contract/idle.ts";
import { interim } from "./contract/interim.ts";
import { lameDuck } from "./contract/lame-duck.ts";
import { largeAnswers } from "./contract/large-answers.ts";
import { lastAnswer } from "./contract/last-answer.ts";
import { openAnswers } from "./contract/open-answers.ts";
import { pipelined } from "./contract/pipelined.ts";
import { serverClosed } from "./contract/server-closed.ts";
import { serverLife } from "./contract/server-life.ts";
import { signals } from "./contract/signals.ts";
import { silent } from "./contract/silent.ts";
import { throwing } from "./contract/throwing.ts";
import { upgrades } from "./contract/upgrades.ts";
import { uploads } from "./contract/uploads.ts";
import type { Kind } from "./kinds.ts";

/** What every draining HTTP/1.1 server keeps. */
export function drainContract(kind: Kind): void {
	void describe(`${kind.name}: the lame duck`, () => lameDuck(kind));
	void describe(`${kind.name}: the last answer`, () => lastAnswer(kind));
	void describe(`${kind.name}: pipelined requests`, () => pipelined(kind));
	void describe(`${kind.name}: behind the last answer`, () => behindClose(kind));
	void describe(`${kind.name}: headers`, () => headers(kind));
	void describe(`${kind.name}: interim answers`, () => interim(kind));
	void describe(`${kind.name}: event streams`, () => eventStreams(kind));
	void describe(`${kind.name}: signals`, () => signals(kind));
	void describe(`${kind.name}: open answers`, () => openAnswers(kind));
	void describe(`${kind.name}: large answers`, () => largeAnswers(kind));
	void describe(`${kind.name}: uploads`, () => uploads(kind));
	void describe(`${kind.name}: idle connections`, () => idle(kind));
	void describe(`${kind.name}: silent connections`, () => silent(kind));
	void describe(`${kind.name}: the accept queue`, () => acceptQueue(kind));
	void describe(`${kind.name}: connections from before serve()`, () => beforeServe(kind));
	void describe(`${kind.name}: upgrades`, () => upgrades(kind));
	void describe(`${kind.name}: a handler that throws`, () => throwing(kind));
	void describe(`${kind.name}: the hard stop`, () => deadline(kind));
	void describe(`${kind.name}: a server closed by the program`, () => serverClosed(kind));
	void describe(`${kind.name}: the server's life`, () => serverLife(kind));
}
