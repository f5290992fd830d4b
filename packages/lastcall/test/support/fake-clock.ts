export { FakeClock } from "lastcall/testing";
export { settled } from "#src/testing/fake-clock.js";
