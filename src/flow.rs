//! placeholder until the graph lands
use crate::facts::{BindingId, Facts, FunctionId, NodeId};
pub struct Flow {}
impl Flow {
    pub fn of(_: &Facts, _: FunctionId) -> Option<Flow> {
        None
    }
}
pub struct Reaching {}
impl Reaching {
    pub fn of(_: &Facts, _: FunctionId, _: &Flow) -> Reaching {
        Reaching {}
    }
    pub fn at(&self, _: NodeId) -> Option<&[BindingId]> {
        None
    }
}
