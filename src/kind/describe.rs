//! A value in words, for messages: "an async generator", "a `list`", "`None`".

use super::*;

impl Kinds<'_> {
    /// What the value is, with its article; None when there is no short word for it.
    pub fn describe(&self, value: &Value) -> Option<String> {
        Some(match value {
            Value::Unknown | Value::Never => return None,
            Value::Module { .. } => "a module".to_string(),
            Value::Function(callable) => {
                let is_lambda = self.with(callable.function.file, |facts| facts[callable.function.id].is_lambda());
                match (is_lambda, &callable.receiver) {
                    (true, _) => "a lambda".to_string(),
                    (false, Some(_)) => "a method".to_string(),
                    (false, None) => "a function".to_string(),
                }
            }
            Value::Class(_) => "a class".to_string(),
            Value::Super(_) => "`super()`".to_string(),
            Value::Instance(instance) => self.describe_instance(instance),
            Value::Union(_) => {
                let mut words: Vec<String> =
                    self.asked(value).iter().map(|member| self.describe(member)).collect::<Option<_>>()?;
                words.dedup();
                words.join(" or ")
            }
        })
    }

    fn describe_instance(&self, instance: &Instance) -> String {
        let name = self.class_name(instance.class);
        let library = self.module(instance.class.file).library;
        let words = match (library, name.as_str()) {
            ("builtins", "NoneType") => "`None`",
            ("asyncio", "_Results") => "a `list`",
            ("types", "AsyncGeneratorType") => match instance.made {
                Made::Here(_) => "an async generator expression",
                _ => "an async generator",
            },
            ("types", "CoroutineType") | ("collections.abc", "Coroutine") => "a coroutine",
            ("types", "GeneratorType") => match instance.made {
                Made::Here(_) => "a generator expression",
                _ => "a generator",
            },
            ("contextlib", "_AsyncGeneratorContextManager") => "an async context manager",
            ("contextlib", "_GeneratorContextManager") => "a context manager",
            ("collections.abc", "AsyncIterator") => "an async iterator",
            ("collections.abc", "AsyncIterable") => "an async iterable",
            ("collections.abc", "AsyncGenerator") => "an async generator",
            ("collections.abc", "Iterator") | ("builtins", "_Iterator") => "an iterator",
            ("collections.abc", "Iterable") => "an iterable",
            ("collections.abc", "Awaitable" | "_Step") => "an awaitable",
            _ => "",
        };
        if !words.is_empty() {
            return words.to_string();
        }
        let article =
            if name.trim_start_matches('_').starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
        format!("{article} `{name}`")
    }

    /// What a function of the project is; None for one that only a stub of ours describes.
    pub fn describe_function(&self, function: In<FunctionId>) -> Option<&'static str> {
        let module = self.module(function.file);
        let entry = &module.facts[function.id];
        module.library.is_empty().then_some(match (entry.is_async, entry.is_generator()) {
            (true, true) => "an async generator",
            (true, false) => "a coroutine function",
            (false, true) => "a generator",
            (false, false) => "a plain function",
        })
    }

    /// The function or class that explains a value: where a reader should look.
    pub fn origin(&self, value: &Value) -> Option<In<FunctionId>> {
        match value {
            Value::Instance(instance) => instance.made.function(),
            Value::Function(callable) => Some(callable.function),
            _ => None,
        }
    }
}
