"""A client library with the real capabilities of three editors. It takes every message apart, so a field that the
protocol does not know, or one of a wrong type, fails the test."""

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from conftest import FIXED, PROGRAM, TEXT

EDITORS = ["visual_studio_code", "neovim", "emacs"]


@pytest_lsp.fixture(params=EDITORS, config=ClientServerConfig(server_command=[str(PROGRAM), "server"]))
async def client(request, lsp_client: LanguageClient, tmp_path):
    (tmp_path / "a.py").write_text(TEXT)
    (tmp_path / "b.py").write_text("from a import feed\nasync def f():\n    for x in feed(): pass\n")
    uri = tmp_path.as_uri()
    folders = [types.WorkspaceFolder(uri=uri, name="p")]
    # An editor answers with what the user has set; this one with nothing.
    lsp_client.set_configuration({"aiterlint": {}})
    # What the library leaves to its users: an editor says yes.
    lsp_client.registered = []
    for method in ["workspace/inlayHint/refresh", "client/unregisterCapability"]:
        lsp_client.feature(method)(lambda *_: None)
    lsp_client.feature("client/registerCapability")(
        lambda params: lsp_client.registered.extend(one.method for one in params.registrations)
    )
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param), root_uri=uri, workspace_folders=folders
        )
    )
    lsp_client.folder = tmp_path
    yield
    await lsp_client.shutdown_session()


def document(client, name):
    return types.TextDocumentIdentifier(uri=(client.folder / name).as_uri())


def open_text(client, name, version=1, text=None):
    text = text or (client.folder / name).read_text()
    uri = (client.folder / name).as_uri()
    item = types.TextDocumentItem(uri=uri, language_id="python", version=version, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    return uri


async def findings(client, name):
    """As the client gets them: by asking if it can, else by waiting."""
    uri = (client.folder / name).as_uri()
    if client.capabilities.text_document.diagnostic:
        params = types.DocumentDiagnosticParams(text_document=document(client, name))
        return (await client.text_document_diagnostic_async(params)).items
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return client.diagnostics[uri]


async def test_findings_fixes_and_words(client):
    open_text(client, "a.py")
    found = await findings(client, "a.py")
    assert [one.code for one in found] == ["aiter-is-coroutine", "reuse-exhausted"]
    where = types.Range(types.Position(2, 15), types.Position(2, 15))
    context = types.CodeActionContext(diagnostics=found[:1])
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(text_document=document(client, "a.py"), range=where, context=context)
    )
    fix = next(action for action in actions if action.is_preferred)
    edits = fix.edit.document_changes[0].edits if fix.edit.document_changes else fix.edit.changes[found_uri(client)]
    assert [edit.new_text for edit in edits] == [""]
    assert (edits[0].range.start, edits[0].range.end) == (types.Position(2, 4), types.Position(2, 10))
    hover = await client.text_document_hover_async(
        types.HoverParams(text_document=document(client, "a.py"), position=types.Position(10, 20))
    )
    value = hover.contents.value if hasattr(hover.contents, "value") else hover.contents
    assert "async generator" in value and "used up on line 11" in value


def found_uri(client):
    return (client.folder / "a.py").as_uri()


async def test_all_safe_fixes(client):
    open_text(client, "a.py")
    where = types.Range(types.Position(0, 0), types.Position(12, 0))
    context = types.CodeActionContext(diagnostics=[], only=["source.fixAll.aiterlint"])
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(text_document=document(client, "a.py"), range=where, context=context)
    )
    action = actions[0]
    if action.edit is None:
        action = await client.code_action_resolve_async(action)
    edit = action.edit
    edits = edit.document_changes[0].edits if edit.document_changes else edit.changes[found_uri(client)]
    lines = TEXT.splitlines(keepends=True)
    for one in reversed(edits):
        lines[one.range.start.line : one.range.end.line] = [one.new_text]
    assert "".join(lines) == FIXED


async def test_an_edit_elsewhere_is_noticed(client):
    open_text(client, "b.py")
    assert [one.code for one in await findings(client, "b.py")] == ["sync-for-over-async"]
    open_text(client, "a.py", text="def feed():\n    yield 1\n")
    for _ in range(5):
        found = await findings(client, "b.py")
        if not found:
            return
    pytest.fail(f"{found}")


async def test_a_rule_is_explained(client):
    params = types.ExecuteCommandParams(command="aiterlint.explain", arguments=["aiter-is-coroutine"])
    await client.workspace_execute_command_async(params)
    await client.wait_for_notification("window/showMessage") if not client.shown_documents and not client.messages else None
    pages = [shown.uri for shown in client.shown_documents] + [said.message for said in client.messages]
    assert any("aiter-is-coroutine" in page for page in pages), pages
