import { rabbitmq } from "./scenes/rabbitmq.ts";
import { testScenes } from "./suite.ts";

testScenes(rabbitmq);
