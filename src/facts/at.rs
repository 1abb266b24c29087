//! From a node to the entry that the tables have for it.
//!
//! Entries are made in reading order, so the tables are sorted by the row of their node.

use super::*;

macro_rules! at {
    ($($name:ident: $table:ident, $id:ident;)*) => {
        impl Facts {
            $(
                pub fn $name(&self, node: NodeId) -> Option<$id> {
                    let table = &self.island(node.island).$table;
                    let found = table.binary_search_by_key(&node.row, |entry| entry.node.row);
                    found.ok().map(|index| Id::new(node.island, index))
                }
            )*
        }
    };
}

at! {
    function_at: functions, FunctionId;
    loop_at: loops, LoopId;
    call_at: calls, CallId;
    await_at: awaits, AwaitId;
    yield_at: yields, YieldId;
    return_at: returns, ReturnId;
    raise_at: raises, RaiseId;
    handler_at: handlers, HandlerId;
    with_at: withs, WithId;
}
