"use client";
import { useEffect } from "react";
import "../src/proof.js";

export default function Page() {
  useEffect(() => {
    import("../src/main.js");
  }, []);
  return <p>The package in a page</p>;
}
