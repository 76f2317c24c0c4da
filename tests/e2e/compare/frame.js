// An <iframe> without `allow`, of what the query names.
addEventListener("DOMContentLoaded", () => {
  const frame = document.createElement("iframe");
  frame.src = decodeURIComponent(location.search.slice(1));
  document.body.append(frame);
});
