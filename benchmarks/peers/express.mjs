// express with http-proxy-middleware, as their documentation starts; keep-alive to the downstream.
import http from "node:http";
import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

const server = express();
const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });
server.use(createProxyMiddleware({ target: process.env.PEER_DOWNSTREAM, agent }));
server.listen(Number(process.env.PEER_PORT), "127.0.0.1");
