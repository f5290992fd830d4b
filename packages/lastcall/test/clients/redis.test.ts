import { bullmq } from "./examples/bullmq.ts";
import { redisStream } from "./examples/redis-stream.ts";
import { testExamples } from "./suite.ts";

testExamples(bullmq, redisStream);
