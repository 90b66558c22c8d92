-- Sends the reply form again and again, each time with a token of its own, and counts what was acknowledged.
local sent = 0
local head = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = os.getenv("COOKIE") }
local csrf = os.getenv("CSRF"):gsub("[^%w]", function(letter) return string.format("%%%02X", letter:byte()) end)
local run = os.time() .. math.random(1000000)

function request()
  sent = sent + 1
  local body = "csrf=" .. csrf .. "&act=send&token=bench" .. run .. "x" .. sent
    .. "&body=Reply+number+" .. sent .. "%3A+steam+it+for+twenty+minutes%2C+then+bend+it."
  return wrk.format("POST", nil, head, body)
end

local threads = {}
function setup(thread) table.insert(threads, thread) end
function init() acknowledged = 0 end
function response(status) if status == 303 then acknowledged = acknowledged + 1 end end
function done(summary)
  local all = 0
  for _, thread in ipairs(threads) do all = all + thread:get("acknowledged") end
  print(string.format("acknowledged %.0f", all / (summary.duration / 1e6)))
end
