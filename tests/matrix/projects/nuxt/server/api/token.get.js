import { proveServer } from "../../server-proof.js";

export default defineEventHandler(() => proveServer());
