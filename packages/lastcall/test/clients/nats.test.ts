import { nats } from "./scenes/nats.ts";
import { testScenes } from "./suite.ts";

testScenes(nats);
