import { bullmq } from "./scenes/bullmq.ts";
import { redisStream } from "./scenes/redis-stream.ts";
import { testScenes } from "./suite.ts";

testScenes(bullmq, redisStream);
