import { rabbitmq } from "./examples/rabbitmq.ts";
import { testExamples } from "./suite.ts";

testExamples(rabbitmq);
