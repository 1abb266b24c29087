-- aiterlint in Neovim 0.11 and newer. Installation: README.md beside this folder.
---@type vim.lsp.Config
return {
  cmd = { 'aiterlint', 'server' },
  filetypes = { 'python' },
  root_markers = { 'aiterlint.toml', 'pyproject.toml', 'setup.py', '.git' },
  settings = { aiterlint = {} },
  on_init = function(client)
    -- Older clients watch no files and send settings only when they are told to.
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  end,
}
