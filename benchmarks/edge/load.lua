-- Rotates prepared requests over wrk's connections and prints what came of them as JSON.
-- Arguments: method, path, file of tokens (one a line: correlation id, blank, token), file of the body or "-".
local requests, count, at = {}, 0, 0

local function content(path)
  if path == "-" then return nil end
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function init(arguments)
  local method, path, tokens, body = arguments[1], arguments[2], arguments[3], content(arguments[4])
  for line in io.lines(tokens) do
    local id, token = line:match("^(%S+) (%S+)$")
    local headers = {["Authorization"] = "Bearer " .. token, ["X-Correlation-ID"] = id, ["Accept"] = "*/*"}
    if body then headers["Content-Type"] = "application/json" end
    count = count + 1
    requests[count] = wrk.format(method, path, headers, body)
  end
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "p50": %.6f, "p99": %.6f, "failed": %d, "refused": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
