-- wrk's part: POSTs of statements from a file, each with a fresh random UUID of version 4; or GETs, when no file is named.
-- Arguments: file of statements without ids (one a line, or ""), statements a request, seed, Authorization, version.

local random, format = math.random, string.format
local bodies, count, place, batch = {}, 0, 0, 1
local hex = {}
for number = 0, 65535 do hex[number] = format("%04x", number) end

local function word() return hex[random(0, 65535)] end

local function uuid()
  local version, variant = hex[0x4000 + random(0, 4095)], hex[0x8000 + random(0, 16383)]
  return word() .. word() .. "-" .. word() .. "-" .. version .. "-" .. variant .. "-" .. word() .. word() .. word()
end

local function statement()
  place = place % count + 1
  return '{"id":"' .. uuid() .. '",' .. bodies[place]
end

function init(arguments)
  batch = tonumber(arguments[2])
  math.randomseed(tonumber(arguments[3]))
  wrk.headers["Authorization"] = arguments[4]
  wrk.headers["X-Experience-API-Version"] = arguments[5]
  if arguments[1] == "" then return end
  for line in io.lines(arguments[1]) do
    count = count + 1
    bodies[count] = line:sub(2)
  end
  place = random(0, count - 1)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  if count == 0 then return wrk.format() end
  if batch == 1 then return wrk.format(nil, nil, nil, statement()) end
  local pieces = {}
  for index = 1, batch do pieces[index] = statement() end
  return wrk.format(nil, nil, nil, "[" .. table.concat(pieces, ",") .. "]")
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(format('MEASURED {"requests": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
