export { assertFinished } from "./assert-finished.ts";
export { FakeClock } from "./fake-clock.ts";
export { startService, TestService } from "./test-service.ts";
