// fastify with @fastify/http-proxy, as their documentation starts; one process.
import fastify from "fastify";
import proxy from "@fastify/http-proxy";

const server = fastify();
server.register(proxy, { upstream: process.env.PEER_DOWNSTREAM });
await server.listen({ host: "127.0.0.1", port: Number(process.env.PEER_PORT) });
