// An <iframe> without `allow` for the URL in the query.
addEventListener("DOMContentLoaded", () => {
  const frame = document.createElement("iframe");
  frame.src = decodeURIComponent(location.search.slice(1));
  document.body.append(frame);
});
