import { mariadb } from "./scenes/mariadb.ts";
import { testScenes } from "./suite.ts";

testScenes(mariadb);
