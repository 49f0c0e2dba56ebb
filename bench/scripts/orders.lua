-- Every request is a new order of five SKUs of two merchants by a random member.
-- A small JSON reader suffices for the flat lists that the facts file holds.

local facts = {}
local serial = 0

local function read_lists(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  for name, list in text:gmatch('"([%w_]+)": %[([^%]]*)%]') do
    local values = {}
    for value in list:gmatch('"?([%w]+)"?') do values[#values + 1] = value end
    facts[name] = values
  end
  facts.pay_fen = text:match('"pay_fen": (%d+)')
  facts.run = text:match('"run": "(%w+)"')
end

function init(arguments)
  read_lists(arguments[1])
  math.randomseed(os.time())
end

function request()
  serial = serial + 1
  local member = math.random(#facts.tokens)
  local items = {}
  for shelf = 1, 5 do
    local skus = facts["shelf" .. shelf]
    if skus and #skus > 0 then
      items[#items + 1] = '{"sku_id":"' .. skus[math.random(#skus)] .. '","quantity":1}'
    end
  end
  local body = '{"from_cart":false,"items":[' .. table.concat(items, ",") .. '],"address_id":"' .. member
    .. '","expected_pay_fen":' .. facts.pay_fen .. "}"
  return wrk.format("POST", "/store/v1/orders", {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. facts.tokens[member],
    ["Idempotency-Key"] = facts.run .. "-" .. serial,
  }, body)
end
