import { preload } from "./preload/preload.ts";

preload();
