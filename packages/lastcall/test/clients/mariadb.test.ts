import { mariadb } from "./examples/mariadb.ts";
import { testExamples } from "./suite.ts";

testExamples(mariadb);
