"use client";
import { Proof } from "../../src/proof-react.jsx";

export default function Page() {
  return <Proof />;
}
