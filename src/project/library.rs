//! What the standard library and well-known packages give, written as small stubs and read as modules.
//!
//! A stub says what annotations say; comments say what they cannot. Behind the first line of a definition,
//!
//! - `# view`: each call of the method gives a new iterator over one source that is consumed
//! - `# endless`: the iterator has no end of its own
//! - `# closes`: leaving the manager closes what it has handed out, and whatever draws on that
//! - `# releases`: the same, but it can be used again
//! - `# held`: an object of the class holds what its iterators give, and draws on nothing
//! - `# unread`: it draws on something open, until `aread` has read it into memory
//! - `# tells`: an iterator that is of use when it is closed: a cursor knows how many rows there were

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::{Module, Owner};
use crate::text::Source;

macro_rules! stubs {
    ($($module:literal,)*) => {
        static STUBS: &[(&str, &str)] = &[$(($module, include_str!(concat!("library/", $module, ".pyi"))),)*];
    };
}

stubs! {
    "agents",
    "agents.realtime",
    "aio_pika",
    "aio_pika.abc",
    "aioboto3",
    "aiobotocore.paginate",
    "aiobotocore.response",
    "aiobotocore.session",
    "aiodocker",
    "aiodocker.containers",
    "aiodocker.images",
    "aiofiles",
    "aiofiles.tempfile",
    "aiofiles.threadpool",
    "aiohttp",
    "aiohttp.web",
    "aioitertools",
    "aioitertools.asyncio",
    "aioitertools.builtins",
    "aioitertools.itertools",
    "aiokafka",
    "aiomqtt",
    "aiomysql",
    "aiomysql.sa",
    "aiopg",
    "aiopg.sa",
    "aiosqlite",
    "aiostream.core",
    "aiostream.stream",
    "anthropic",
    "anyio",
    "anyio.abc",
    "anyio.streams.memory",
    "anyio.to_thread",
    "asyncio",
    "asyncio.subprocess",
    "asyncpg",
    "asyncpg.connection",
    "asyncpg.cursor",
    "asyncpg.pool",
    "asyncpg.prepared_stmt",
    "asyncpg.transaction",
    "asyncpraw",
    "asyncpraw.models",
    "asyncssh",
    "asyncstdlib",
    "azure.core.async_paging",
    "azure.core.paging",
    "azure.storage.blob.aio",
    "beanie",
    "builtins",
    "collections",
    "collections.abc",
    "concurrent.futures",
    "contextlib",
    "discord",
    "discord.abc",
    "django.db.models",
    "elasticsearch",
    "elasticsearch.dsl",
    "elasticsearch.helpers",
    "fastapi",
    "functools",
    "google.api_core.page_iterator_async",
    "google.cloud.firestore",
    "google.genai",
    "google.genai.client",
    "gql",
    "gql.client",
    "gridfs",
    "hikari.api",
    "hikari.iterators",
    "httpx",
    "huggingface_hub",
    "inspect",
    "itertools",
    "kubernetes_asyncio.watch",
    "langchain_core.language_models",
    "langchain_core.runnables",
    "langgraph.graph",
    "langgraph.graph.state",
    "litellm",
    "llama_index.core.chat_engine.types",
    "llama_index.core.llms",
    "mcp",
    "mcp.client.sse",
    "mcp.client.stdio",
    "mcp.client.streamable_http",
    "mistralai.client",
    "motor.motor_asyncio",
    "nats",
    "nats.aio.client",
    "nats.aio.subscription",
    "nats.js",
    "nats.js.kv",
    "nats.js.object_store",
    "neo4j",
    "niquests",
    "ollama",
    "openai",
    "psycopg",
    "psycopg_pool",
    "pydantic_ai",
    "pydantic_ai.models",
    "pydantic_ai.result",
    "pydantic_ai.run",
    "pymongo",
    "pymongo.asynchronous.change_stream",
    "pymongo.asynchronous.collection",
    "pymongo.asynchronous.command_cursor",
    "pymongo.asynchronous.cursor",
    "pymongo.asynchronous.database",
    "pymongo.asynchronous.mongo_client",
    "pyrogram",
    "redis.asyncio",
    "redis.asyncio.client",
    "sqlalchemy.engine",
    "sqlalchemy.ext.asyncio",
    "starlette.concurrency",
    "starlette.requests",
    "starlette.websockets",
    "telethon",
    "temporalio.client",
    "tortoise.models",
    "tortoise.queryset",
    "trio",
    "trio.abc",
    "types",
    "typing",
    "unittest.mock",
    "watchfiles",
    "websockets",
    "websockets.asyncio.client",
    "websockets.asyncio.connection",
    "websockets.asyncio.server",
}

/// Modules that are another one under a second name.
static SAME: &[(&str, &str)] = &[
    ("_collections_abc", "collections.abc"),
    ("agents.result", "agents"),
    ("agents.run", "agents"),
    ("aiobotocore.client", "aiobotocore.session"),
    ("aiohttp.client", "aiohttp"),
    ("aiohttp.streams", "aiohttp"),
    ("aiokafka.consumer", "aiokafka"),
    ("aiomysql.cursors", "aiomysql"),
    ("asyncio.events", "asyncio"),
    ("asyncio.futures", "asyncio"),
    ("asyncio.locks", "asyncio"),
    ("asyncio.queues", "asyncio"),
    ("asyncio.runners", "asyncio"),
    ("asyncio.streams", "asyncio"),
    ("asyncio.taskgroups", "asyncio"),
    ("asyncio.tasks", "asyncio"),
    ("asyncio.timeouts", "asyncio"),
    ("concurrent.futures._base", "concurrent.futures"),
    ("django.db.models.manager", "django.db.models"),
    ("django.db.models.query", "django.db.models"),
    ("elasticsearch._async.helpers", "elasticsearch.helpers"),
    ("fastapi.concurrency", "starlette.concurrency"),
    ("fastapi.requests", "starlette.requests"),
    ("fastapi.websockets", "starlette.websockets"),
    ("google.cloud.firestore_v1", "google.cloud.firestore"),
    ("google.genai.chats", "google.genai.client"),
    ("google.genai.live", "google.genai.client"),
    ("google.genai.models", "google.genai.client"),
    ("google.genai.pagers", "google.genai.client"),
    ("httpx2", "httpx"),
    ("langchain_core.language_models.chat_models", "langchain_core.language_models"),
    ("langchain_core.runnables.base", "langchain_core.runnables"),
    ("mcp.client.session", "mcp"),
    ("mistralai", "mistralai.client"),
    ("pydantic_ai.agent", "pydantic_ai"),
    ("redis.asyncio.cluster", "redis.asyncio"),
    ("sqlalchemy.engine.result", "sqlalchemy.engine"),
    ("sqlalchemy.ext.asyncio.engine", "sqlalchemy.ext.asyncio"),
    ("sqlalchemy.ext.asyncio.result", "sqlalchemy.ext.asyncio"),
    ("sqlalchemy.ext.asyncio.session", "sqlalchemy.ext.asyncio"),
    ("telethon.client", "telethon"),
    ("typing_extensions", "typing"),
];

/// What is known under a dotted name.
enum Entry {
    /// A stub, read when somebody asks for it.
    Stub {
        name: &'static str,
        text: &'static str,
        module: OnceLock<Arc<Module>>,
    },
    Same(&'static str),
    /// Only what a stub's name says: `sqlalchemy` for `sqlalchemy.ext.asyncio`.
    Package,
}

/// Every name that leads to a stub, put together when somebody first asks.
fn entries() -> &'static FxHashMap<&'static str, Entry> {
    static ENTRIES: OnceLock<FxHashMap<&str, Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let mut entries = FxHashMap::default();
        let names = STUBS.iter().map(|(name, _)| *name).chain(SAME.iter().map(|(name, _)| *name));
        for name in names {
            for (dot, _) in name.match_indices('.') {
                entries.insert(&name[..dot], Entry::Package);
            }
        }
        entries.extend(STUBS.iter().map(|&(name, text)| (name, Entry::Stub { name, text, module: OnceLock::new() })));
        entries.extend(SAME.iter().map(|&(name, other)| (name, Entry::Same(other))));
        entries
    })
}

/// The stub of a library module, read once for all checks.
pub fn module(name: &str) -> Option<Arc<Module>> {
    match entries().get(name)? {
        Entry::Stub { name, text, module } => {
            let read = || {
                let source = Arc::new(Source::new(format!("{name}.pyi"), *text));
                Arc::new(Module { library: name, ..Module::new(source, Owner::Library) })
            };
            Some(module.get_or_init(read).clone())
        }
        Entry::Same(other) => module(other),
        Entry::Package => None,
    }
}

/// The modules that have a stub of their own.
pub fn names() -> impl Iterator<Item = &'static str> {
    STUBS.iter().map(|(name, _)| *name)
}

/// Some library module lies below this name.
pub fn is_package(name: &str) -> bool {
    matches!(entries().get(name), Some(Entry::Package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stub_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/project/library");
        let files = std::fs::read_dir(folder).expect("the folder of stubs").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        let mut there: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".pyi")?.to_string())).collect();
        there.sort();
        let listed: Vec<&str> = STUBS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, there, "`stubs!` lists what is in {folder}, sorted");
    }

    #[test]
    fn other_names_lead_to_stubs() {
        for (alias, name) in SAME {
            assert!(module(name).is_some(), "{alias} is said to be {name}, which has no stub");
            assert!(STUBS.iter().all(|(stub, _)| stub != alias), "{alias} has a stub of its own");
        }
    }

    #[test]
    fn packages_are_there() {
        assert!(is_package("collections") || module("collections").is_some());
        assert!(module("collections.abc").is_some() && !is_package("collections.abc"));
        assert!(module("no.such.module").is_none() && !is_package("no"));
    }

    /// A stub that is not read to its end says less than it seems to.
    #[test]
    fn every_stub_is_sound() {
        for (name, _) in STUBS {
            let module = module(name).expect("a stub");
            let facts = &module.facts;
            assert!(facts.outline.lost.is_none(), "{name}: {:?}", facts.outline.lost);
            for statement in facts.statements() {
                let broken = &facts.island(statement).tree.broken;
                assert!(broken.is_empty(), "{name}: {:?}", broken.iter().map(|&at| facts.text(at)).collect::<Vec<_>>());
                for import in facts.imports(statement).map(|id| &facts[id]).filter(|import| import.module != "typing") {
                    assert!(
                        self::module(&import.module).is_some(),
                        "{name} imports {}, which has no stub",
                        import.module
                    );
                }
            }
        }
    }
}
