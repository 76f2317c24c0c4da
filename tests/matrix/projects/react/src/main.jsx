import { createRoot } from "react-dom/client";
import { Proof } from "./proof-react.jsx";

createRoot(document.body.appendChild(document.createElement("div"))).render(<Proof />);
