-- Answers without end: each with a key of its own, over connections that stay.
local seed = os.getenv("SOAK_SEED") or "1"
local questions = { "OV1", "UN_PCC1", "UN_ACC1", "CO_LIT1", "CO_CON1", "IN_WFR1", "DG_STD1" }
local answers = { "always", "mostly", "sometimes", "rarely", "never", "dk" }

function init()
  math.randomseed(tonumber(seed) * 7919)
end

function request()
  local key, body = {}, { "version=1.1.0" }
  for i = 1, 8 do key[i] = string.format("%04x", math.random(0, 65535)) end
  for _, question in ipairs(questions) do body[#body + 1] = question .. "=" .. answers[math.random(#answers)] end
  if math.random(3) == 1 then body[#body + 1] = "O1=They+listened+to+me+" .. math.random(1000) end
  body[#body + 1] = "end=1"
  local head = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = "key_full=" .. table.concat(key) }
  return wrk.format("POST", nil, head, table.concat(body, "&"))
end
