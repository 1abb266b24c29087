-- Drives Neovim: a finding, its fix, all safe fixes, and what is then on disk. Prints one line for each thing seen.
local function say(...)
  io.stdout:write(table.concat({ ... }, ' ') .. '\n')
end

vim.opt.runtimepath:prepend(vim.env.AITERLINT_FILES)
vim.lsp.config('aiterlint', { cmd = { vim.env.AITERLINT, 'server' } })
vim.lsp.enable('aiterlint')
vim.cmd.edit('a.py')
vim.bo.filetype = 'python'

local function rules()
  local names = {}
  for _, found in ipairs(vim.diagnostic.get(0)) do
    names[#names + 1] = found.code .. '@' .. found.lnum .. ':' .. found.col
  end
  table.sort(names)
  return table.concat(names, ',')
end

local function wait(what, is_so)
  if not vim.wait(20000, is_so, 20) then
    say('waited in vain for', what, rules())
    vim.cmd.cquit()
  end
end

wait('findings', function() return #vim.diagnostic.get(0) == 2 end)
say('encoding', vim.lsp.get_clients()[1].offset_encoding)
say('findings', rules())

-- The preferred fix of the finding under the cursor.
vim.api.nvim_win_set_cursor(0, { 3, 16 })
vim.lsp.buf.code_action { apply = true, filter = function(action) return action.isPreferred end }
wait('the fix', function() return vim.fn.getline(3) == '    def __aiter__(self):' end)
wait('one finding', function() return #vim.diagnostic.get(0) == 1 end)
say('fixed', rules())

-- Taken back, then everything at once.
vim.cmd.undo()
wait('two findings', function() return #vim.diagnostic.get(0) == 2 end)
vim.lsp.buf.code_action { apply = true, context = { only = { 'source.fixAll.aiterlint' }, diagnostics = {} } }
wait('all fixes', function() return vim.fn.getline(3) == '    def __aiter__(self):' end)

local place = vim.lsp.util.make_position_params(0, vim.lsp.get_clients()[1].offset_encoding)
place.position = { line = 10, character = 20 }
local hover = vim.lsp.buf_request_sync(0, 'textDocument/hover', place, 5000)
say('hover', hover[1].result.contents.value)
vim.cmd.write()
for _, client in ipairs(vim.lsp.get_clients()) do
  client:stop()
end
wait('the end', function() return #vim.lsp.get_clients() == 0 end)
say('done')
vim.cmd.quitall { bang = true }
