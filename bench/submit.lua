-- Complete responses for wrk: GET a survey page, take the key from its cookie, POST a filled form with it.
-- One thread, many connections: wrk does not say which connection a response belongs to, so every request in
-- flight is at a venue and language of its own (a "place"), which the last cookie of the response names: a new key, or
-- "ended" beside the way to the thank-you page, which is not asked for.
-- After `seconds` no form is sent any more, so that each stored one has been acknowledged when wrk ends.

local config = dofile(os.getenv("BENCH_CONFIG"))
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_moment;
  int clock_gettime(int clock, bench_moment *moment);
]]
local moment = ffi.new("bench_moment")

local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local places, free, turn, first = {}, {}, 0, nil
posts, gets, posted_early, failed, other, writing = {}, {}, 0, 0, 0, 0

local HEAD = "Host: 127.0.0.1\r\nAccept-Encoding: gzip, deflate, br\r\n"

function init(_)
  for _, path in ipairs(config.paths) do
    local place = { path = path, get = "GET " .. path .. " HTTP/1.1\r\n" .. HEAD .. "\r\n" }
    places[path] = place
    table.insert(free, place)
  end
end

local function form(place)
  turn = turn % #config.bodies + 1
  local body = config.bodies[turn]
  return "POST " .. place.path .. " HTTP/1.1\r\n" .. HEAD
    .. "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: key_full="
    .. place.key .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function request()
  local time = now()
  local place = table.remove(free)
  if place == nil or (first and time - first > config.warm + config.seconds) then
    return "GET " .. config.spare .. " HTTP/1.1\r\n" .. HEAD .. "\r\n"
  end
  place.sent = time
  if place.key == nil then
    return place.get
  end
  local sent = form(place)
  place.key, place.writing = nil, true
  writing = writing + 1
  return sent
end

local function acknowledged(place, time, location)
  place.writing = nil
  writing = writing - 1
  if not location:find(config.thanks, 1, true) then
    other = other + 1
  elseif time - first < config.warm then
    posted_early = posted_early + 1
  else
    table.insert(posts, (time - place.sent) * 1000)
  end
  table.insert(free, 1, place)
end

function response(status, headers, _)
  local time = now()
  first = first or time
  local key, path = (headers["set-cookie"] or ""):match("^key_full=(%w*); Path=([^;]+)")
  local place = places[path]
  if status == 200 and path == config.spare then
    return
  end
  local answers = place and place.writing and key == "ended" and status == 303
  if place == nil or not (answers or status == 200) then
    failed = failed + (status >= 500 and 1 or 0)
    other = other + (status < 500 and 1 or 0)
  elseif answers then
    acknowledged(place, time, headers["location"] or "")
  else
    place.key = key
    if time - first >= config.warm then
      table.insert(gets, (time - place.sent) * 1000)
    end
    table.insert(free, place)
  end
end

local function sum(name)
  local total = 0
  for _, thread in ipairs(threads) do
    total = total + thread:get(name)
  end
  return total
end

local function print_all(name)
  for _, thread in ipairs(threads) do
    print(name .. " " .. table.concat(thread:get(name), " "))
  end
end

function done(summary, _, _)
  for _, name in ipairs({ "posted_early", "failed", "other", "writing" }) do
    print(name .. " " .. sum(name))
  end
  local errors = summary.errors
  print("dropped " .. errors.connect + errors.read + errors.write + errors.timeout)
  print_all("posts")
  print_all("gets")
end
