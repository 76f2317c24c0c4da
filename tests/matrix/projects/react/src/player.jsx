import { pallyConError } from "pallycon-drm/shaka";
import { useRef } from "react";
import { useShaka } from "./use-shaka.js";

export function Player({ manifest, contentId }) {
  const video = useRef(null);
  const { error } = useShaka(video, { manifest, contentId });
  return (
    <>
      <video ref={video} controls />
      {error && <p role="alert">{pallyConError(error)?.hint ?? error.message}</p>}
    </>
  );
}
