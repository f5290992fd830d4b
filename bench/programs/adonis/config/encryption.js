import { defineConfig, drivers } from "@adonisjs/core/encryption";

const keys = ["not-a-secret-not-a-secret-not-a-secret"];

export default defineConfig({ default: "app", list: { app: drivers.aes256gcm({ id: "app", keys }) } });
