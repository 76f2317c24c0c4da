import { json } from "@sveltejs/kit";
import { proveServer } from "../../../server-proof.js";

export const GET = async () => json(await proveServer());
