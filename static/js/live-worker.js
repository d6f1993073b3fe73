// A SharedWorker: one event stream for all tabs of the browser (HTTP/1.1 allows six connections in all).
const ports = new Set();
let source = null;
let token = "";
let last = "";
let state = "closed";

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function settle(next) {
  state = next;
  tell({ type: "state", state });
}

function open() {
  source?.close();
  source = new EventSource(`/live/?token=${encodeURIComponent(token)}&last=${encodeURIComponent(last)}`);
  source.addEventListener("hint", (event) => {
    last = event.lastEventId;
    tell({ type: "hint", hint: JSON.parse(event.data) });
  });
  source.addEventListener("open", () => source.readyState === EventSource.OPEN && settle("open"));
  source.addEventListener("waiting", () => settle("paused"));
  source.addEventListener("paused", () => settle("paused"));
  source.addEventListener("resync", () => {
    last = "";
    settle("open");
    tell({ type: "resync" });
  });
  for (const name of ["expired", "kick"]) source.addEventListener(name, renew);
  source.addEventListener("error", () => {
    settle("closed");
    if (source.readyState === EventSource.CLOSED) renew();
  });
}

function renew() {
  source?.close();
  source = null;
  settle("closed");
  tell({ type: "renew" }); // a page has the session; the worker only the token
}

onconnect = (event) => {
  const port = event.ports[0];
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data.type === "bye") ports.delete(port);
    if (data.type === "token") {
      const stale = data.fresh && data.token !== token;
      if (!source || stale) {
        token = data.token;
        open();
      } else port.postMessage({ type: "state", state });
    }
  };
  port.start();
};
