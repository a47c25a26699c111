'use strict';
// What bench/streams compares Oqim with: a WebSocket server on `ws` that sends the same frames.
// Usage: node --expose-gc server.js     prints its port; told what to do by HTTP on that port

const http = require('http');
const { WebSocketServer } = require('ws');

// Beyond this, frames would only pile up in this process.
const MOST_BUFFERED = 64 * 1024;

const sockets = new Set();

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/gc') {
    global.gc();
    response.end();
  } else if (url.pathname === '/broadcast') {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.end();
      broadcast(Buffer.concat(parts), {
        turns: Number(url.searchParams.get('turns') ?? Infinity),
        until: performance.now() + 1000 * Number(url.searchParams.get('seconds') ?? 60),
        // Frames that come at once, as a commit of several events gives them.
        burst: Number(url.searchParams.get('burst') ?? 1),
        // Frames a second to each socket; 0 sends as fast as all of them read.
        rate: Number(url.searchParams.get('rate') ?? 0),
        // Whether a burst leaves in one write, which an application must ask for by itself.
        cork: url.searchParams.get('cork') === 'true',
      });
    });
  } else {
    response.statusCode = 404;
    response.end();
  }
});

function broadcast(frame, how) {
  const started = performance.now();
  let turn = 0;
  const next = () => {
    const now = performance.now();
    if (turn >= how.turns || now > how.until) {
      return;
    }
    const early = how.rate > 0 && turn * how.burst > (how.rate * (now - started)) / 1000;
    if (early) {
      setTimeout(next, 1);
      return;
    }
    if (!isBehind()) {
      sendAll(frame, how);
      turn++;
    }
    setImmediate(next);
  };
  next();
}

function isBehind() {
  for (const socket of sockets) {
    if (socket.bufferedAmount > MOST_BUFFERED) {
      return true;
    }
  }
  return false;
}

function sendAll(frame, how) {
  for (const socket of sockets) {
    if (how.cork) {
      socket._socket.cork();
    }
    for (let i = 0; i < how.burst; i++) {
      socket.send(frame, { binary: false });
    }
    if (how.cork) {
      socket._socket.uncork();
    }
  }
}

const streams = new WebSocketServer({ server, perMessageDeflate: false, backlog: 4096 });
streams.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => socket.terminate());
});

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  console.log(server.address().port);
});
