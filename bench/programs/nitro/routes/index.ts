export default defineEventHandler(() => "Hello");
