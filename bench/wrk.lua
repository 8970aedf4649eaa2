-- Sends the bodies of a file, one a line, in turn; prints what came of it as JSON.
-- wrk ... -s wrk.lua URL -- FILE [KEY...]    with keys: each body by each of them
local requests, at = {}, 0

function init(arguments)
  local headers = {}
  for name, value in pairs(wrk.headers) do headers[name] = value end
  for body in io.lines(arguments[1]) do
    for index = 2, math.max(2, #arguments) do
      if arguments[index] then headers["authorization"] = "Bearer " .. arguments[index] end
      requests[#requests + 1] = wrk.format("POST", nil, headers, body)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"count":%d,"seconds":%f,"bytes":%d,"failed":%d,"p50_ms":%f,"p99_ms":%f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
