import type { ClientExample } from "../client-example.ts";
import { bullmq } from "./bullmq.ts";
import { mariadb } from "./mariadb.ts";
import { nats } from "./nats.ts";
import { pgBoss } from "./pg-boss.ts";
import { knex, postgres } from "./postgres.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redisStream } from "./redis-stream.ts";

export const examples: readonly ClientExample[] = [
	postgres,
	knex,
	mariadb,
	pgBoss,
	bullmq,
	redisStream,
	rabbitmq,
	nats,
];
