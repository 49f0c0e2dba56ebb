-- Sends signed notifications one after another from a file: time stamp, nonce, serial, signature, body.

local lines = nil

function init(arguments)
  local facts = assert(io.open(arguments[1]))
  local path = facts:read("*a"):match('"(.-)"')
  facts:close()
  lines = io.lines(path)
end

function request()
  local timestamp = assert(lines(), "no notification is left; open more payments")
  local nonce, serial, signature, body = lines(), lines(), lines(), lines()
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/json",
    ["Wechatpay-Timestamp"] = timestamp,
    ["Wechatpay-Nonce"] = nonce,
    ["Wechatpay-Serial"] = serial,
    ["Wechatpay-Signature"] = signature,
    ["Wechatpay-Signature-Type"] = "WECHATPAY2-SHA256-RSA2048",
  }, body)
end
