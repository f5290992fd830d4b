import { nats } from "./examples/nats.ts";
import { testExamples } from "./suite.ts";

testExamples(nats);
