-- Asks for the paths in the file PATHS one after the other, as many readers do who each open something else.
local paths = {}
for path in io.lines(os.getenv("PATHS")) do table.insert(paths, path) end
local head = { ["Accept-Encoding"] = "gzip, br", ["Cookie"] = os.getenv("COOKIE") }
local next = 0

function request()
  next = next % #paths + 1
  return wrk.format("GET", paths[next], head)
end
