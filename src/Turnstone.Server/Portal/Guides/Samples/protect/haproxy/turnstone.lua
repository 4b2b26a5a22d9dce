-- Asks the token service whether a request may go on. HAProxy 2.5 or later, compiled with Lua, as Debian's is.
local credentials = { "authorization", "dpop", "x-api-key", "subscription-key", "ocp-apim-subscription-key" }

-- HAProxy counts the values of a header from 0 in some places and from 1 in others.
local function values(header)
  local all = {}
  for _, value in pairs(header or {}) do all[#all + 1] = value end
  return all
end

core.register_action("turnstone", { "http-req" }, function(txn, url)
  local sent = txn.http:req_get_headers()
  local asked = {
    ["x-forwarded-for"] = { txn.sf:src() },
    ["x-forwarded-method"] = { txn.sf:method() },
    ["x-forwarded-proto"] = { txn.sf:ssl_fc() == "1" and "https" or "http" },
    ["x-forwarded-host"] = { txn.sf:req_hdr("host") },
    ["x-forwarded-uri"] = { txn.sf:pathq() },
  }
  for _, name in ipairs(credentials) do
    if sent[name] then asked[name] = values(sent[name]) end
  end

  -- What the client says about itself is not handed on.
  for name in pairs(sent) do
    if name:match("^turnstone[-_]") then txn.http:req_del_header(name) end
  end

  local answer = core.httpclient():get { url = url, headers = asked, timeout = 5000 }
  local headers = answer and answer.headers or {}
  local nonce = values(headers["dpop-nonce"])[1]
  if nonce then txn:set_var("txn.turnstone_nonce", nonce) end
  if answer and answer.status == 200 then
    for name, header in pairs(headers) do
      if name:match("^turnstone%-") then txn.http:req_set_header(name, values(header)[1] or "") end
    end
    return
  end

  local handed_on = answer and ({ [401] = true, [403] = true, [429] = true, [503] = true })[answer.status]
  local reply = txn:reply { status = handed_on and answer.status or 503 }
  for _, name in ipairs { "www-authenticate", "retry-after", "content-type", "cache-control" } do
    local value = values(headers[name])[1]
    if handed_on and value then reply:add_header(name, value) end
  end
  if handed_on and answer.body then reply:set_body(answer.body) end
  txn:done(reply)
end, 1)
