import { Secret } from "@adonisjs/core/helpers";
import { defineConfig } from "@adonisjs/core/http";

export const appKey = new Secret("not-a-secret-not-a-secret-not-a-secret");
export const http = defineConfig({ generateRequestId: true });
