// W3C "HDCP Policy Check": the HDCP version that the outputs support, by binary search: at most four queries.

const VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1", "2.2", "2.3"];

interface PolicyKeys {
  getStatusForPolicy?(policy: { minHdcpVersion: string }): Promise<string>;
}

/** The highest supported version, "none" if not even the lowest is, undefined if the browser cannot tell. */
export async function maxHdcp(access: MediaKeySystemAccess): Promise<string | undefined> {
  try {
    const keys = (await access.createMediaKeys()) as PolicyKeys;
    if (!keys.getStatusForPolicy) return undefined;
    let met = -1;
    let unmet = VERSIONS.length;
    while (unmet - met > 1) {
      const middle = (met + unmet) >> 1;
      const status = await keys.getStatusForPolicy({ minHdcpVersion: VERSIONS[middle] as string });
      if (status === "usable") met = middle;
      else unmet = middle;
    }
    return VERSIONS[met] ?? "none";
  } catch {
    return undefined;
  }
}
