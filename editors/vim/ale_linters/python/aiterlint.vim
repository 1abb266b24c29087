" aiterlint for ALE: async-iterator mistakes in Python.

call ale#Set('python_aiterlint_executable', 'aiterlint')
call ale#Set('python_aiterlint_config', {})

call ale#linter#Define('python', {
\   'name': 'aiterlint',
\   'lsp': 'stdio',
\   'executable': {buffer -> ale#Var(buffer, 'python_aiterlint_executable')},
\   'command': '%e server',
\   'language': 'python',
\   'project_root': {buffer -> ale#python#FindProjectRoot(buffer)},
\   'lsp_config': {buffer -> {'aiterlint': ale#Var(buffer, 'python_aiterlint_config')}},
\})
