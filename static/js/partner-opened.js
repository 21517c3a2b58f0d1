// The page was seen by a person's browser: say so once. Without a script it is known by the answer.

const { url, link } = document.getElementById("ouverte").dataset;

fetch(url, { method: "POST", body: new URLSearchParams({ jeton: link }), keepalive: true }).catch(
  () => {},
);
