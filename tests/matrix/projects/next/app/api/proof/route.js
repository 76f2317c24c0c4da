import { proveServer } from "../../../server-proof.js";

export const dynamic = "force-dynamic";

export const GET = async () => Response.json(await proveServer());
